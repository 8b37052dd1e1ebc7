import type { FileBook } from './file-book.ts'
import type { HubRepo, OpenedRepo, RemoteFile } from './hub/hub-repo.ts'
import { isOnHub } from './is-on-hub.ts'
import type { Journal } from './journal.ts'
import { type LocalVersion, localFile } from './local-version.ts'
import { isStill, lookAgain } from './open-file.ts'
import type { Batch } from './plan.ts'
import type { UploadEvent } from './protocol.ts'

/** What the uploader needs to know to send. */
export interface HubWorld {
  readonly hub: HubRepo
  readonly journal: Journal
  readonly commitMessage: string
  tell(event: UploadEvent): void
}

/** The last commit, with the time by the wall clock. */
export interface MadeCommit {
  readonly oid: string
  readonly url: string
  readonly atMs: number
  readonly files: number
}

/** The Hub's side: what is there, and sending what is not. Everything rejects with a HubProblem, or the signal's reason. */
export class HubSide {
  readonly #world: HubWorld
  readonly #book: FileBook
  /** Files that the Hub wants inside the commit although they are large. */
  readonly #regular = new Map<string, string>()
  #remote: Map<string, RemoteFile> | undefined
  opened: OpenedRepo | undefined
  lastCommit: MadeCommit | undefined
  commits = 0
  filesCommitted = 0

  constructor(world: HubWorld, book: FileBook) {
    this.#world = world
    this.#book = book
  }

  /** What the Hub has; undefined before it was asked. */
  get remote(): ReadonlyMap<string, RemoteFile> | undefined {
    return this.#remote
  }

  /** Asks what is not known: who we are, and what is there. */
  async know(signal: AbortSignal): Promise<ReadonlyMap<string, RemoteFile>> {
    const { hub, tell } = this.#world
    if (this.opened === undefined) {
      this.opened = await hub.open(signal)
      const { url, user, private: isPrivate, warnings } = this.opened
      tell({ type: 'opened', url, user, private: isPrivate })
      for (const text of warnings) tell({ type: 'warning', text })
      this.#remote = undefined
    }
    this.#remote ??= new Map(await hub.list(signal))
    return this.#remote
  }

  /** Somebody else changed it, or it has to be opened anew. */
  forget({ repo }: { readonly repo: boolean }): void {
    this.#remote = undefined
    if (repo) this.opened = undefined
  }

  /** Versions with what is known of how the Hub takes them; notes those that it has. */
  *versions(remote: ReadonlyMap<string, RemoteFile>): Generator<LocalVersion> {
    for (const version of this.#book.sendable()) {
      if (isOnHub(version, remote.get(version.remotePath)))
        this.#book.reached(version.remotePath, 'committed')
      const isRegular = this.#regular.get(version.remotePath) === version.sha256
      yield isRegular ? { ...version, stored: 'regular' } : version
    }
  }

  /** Sends the bytes of large files, then commits all that is still as it was hashed. */
  async send(batch: Batch<LocalVersion>, signal: AbortSignal): Promise<void> {
    for (const file of batch.uploads) await this.#upload(file, signal)
    const current = new Set(batch.files.filter((file) => this.#isCurrent(file)))
    // What goes up together does not without the part that has changed meanwhile.
    const moved = batch.files.filter((file) => !current.has(file)).map(({ unit }) => unit)
    const files = [...current].filter(({ unit }) => unit === undefined || !moved.includes(unit))
    if (files.length > 0 || batch.deleted.length > 0) await this.#commit(files, batch.deleted, signal)
  }

  /** The bytes of these files may not be there after all. */
  doubt(files: readonly LocalVersion[]): void {
    for (const { remotePath } of files) this.#book.reached(remotePath, 'hashed')
  }

  async #upload(file: LocalVersion, signal: AbortSignal): Promise<void> {
    if (!this.#isCurrent(file)) return
    signal.throwIfAborted()
    const kind = await this.#world.hub.upload(localFile(file), signal)
    if (kind === 'regular') {
      this.#regular.set(file.remotePath, file.sha256)
      return
    }
    if (!this.#isCurrent(file)) return
    this.#book.reached(file.remotePath, 'uploaded')
    this.#world.tell({ type: 'uploaded', path: file.remotePath, bytes: file.size })
    await this.#world.journal.keep()
  }

  async #commit(
    files: readonly LocalVersion[],
    deleted: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const { hub, journal, tell } = this.#world
    signal.throwIfAborted()
    const { oid, url } = await hub.commit(
      files.map(localFile),
      deleted,
      this.#message(files, deleted),
      signal,
    )
    for (const { remotePath, size, sha256, gitOid } of files) {
      this.#remote?.set(remotePath, { size, sha256, ...(gitOid && { gitOid }) })
      this.#book.reached(remotePath, 'committed')
    }
    for (const path of deleted) {
      this.#remote?.delete(path)
      journal.note({ forget: path })
    }
    this.lastCommit = { oid, url, atMs: Date.now(), files: files.length }
    this.commits += 1
    this.filesCommitted += files.length
    journal.note({ commit: oid, atMs: Date.now() })
    await journal.keep()
    const bytes = files.reduce((sum, { size }) => sum + size, 0)
    tell({ type: 'committed', oid, url, files: files.length, deleted: deleted.length, bytes })
  }

  #message(files: readonly LocalVersion[], deleted: readonly string[]) {
    const counts = [
      counted(files.length, 'file'),
      ...(deleted.length > 0 ? [`${deleted.length} deleted`] : []),
    ]
    const paths = [...files.map(({ remotePath }) => remotePath), ...deleted.map((path) => `deleted: ${path}`)]
    return { title: `${this.#world.commitMessage} (${counts.join(', ')})`, description: paths.join('\n') }
  }

  #isCurrent(file: LocalVersion): boolean {
    if (isStill(file)) return true
    this.#book.moved(file, lookAgain(file.path), performance.now())
    return false
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
