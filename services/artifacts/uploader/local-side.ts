import { incompleteness } from './completeness.ts'
import { FileBook } from './file-book.ts'
import { isSame } from './file-identity.ts'
import { hashFile } from './hash-file.ts'
import { HubProblem } from './hub/hub-problem.ts'
import { byImportance } from './importance.ts'
import type { Journal } from './journal.ts'
import { lookAgain } from './open-file.ts'
import type { UploadOptions } from './options.ts'
import { patternExcluder, patternMatcher } from './patterns.ts'
import type { UploadEvent } from './protocol.ts'
import type { ScannedFile } from './scan-folder.ts'
import type { Patience } from './settling.ts'
import { Tree } from './tree.ts'
import { FolderWatch } from './watch-folders.ts'

/** A scan of everything may take this share of one core: the larger the tree, the rarer it is. */
const scanShare = 1 / 200
const mostNamed = 100
const mostShown = 5

/** What the uploader needs to know to look at files. */
export interface LocalWorld {
  readonly options: UploadOptions
  readonly journal: Journal
  /** Values that must not go up. */
  readonly ownSecrets: readonly string[]
  tell(event: UploadEvent): void
  /** Something may have changed. */
  onNews(): void
}

/** The folders' side: looks, waits until files are settled, and reads them. */
export class LocalSide {
  readonly book: FileBook
  readonly #world: LocalWorld
  readonly #tree: Tree
  readonly #watch: FolderWatch
  readonly #dirty = new Set<string>()
  readonly #named = new Set<string>()
  /** Files that were said to go up as they are. */
  readonly #asTheyAre = new Set<string>()
  /** How many files no pattern named. */
  #unmatched = 0
  #scanAtMs = 0
  /** When the last change was seen. */
  changedAtMs: number | undefined

  constructor(world: LocalWorld) {
    this.#world = world
    const { sources, target, patterns, maxFileBytes } = world.options
    this.book = new FileBook(world.journal)
    const [matches, excludes] = [patternMatcher(patterns), patternExcluder(patterns)]
    this.#tree = new Tree(sources, target.prefix, { matches, excludes, maxFileBytes })
    this.#watch = new FolderWatch((folder) => {
      this.#dirty.add(folder)
      world.onNews()
    })
  }

  /**
   * Looks at what may have changed, or at `all`; what was the same for `quietMs` and is whole is settled, and what was the same for
   * `patienceMs` as it is.
   */
  async look(nowMs: number, { quietMs, patienceMs }: Patience, all = false): Promise<void> {
    if (all || nowMs >= this.#scanAtMs) await this.#scan(nowMs)
    else if (this.#dirty.size > 0) await this.#scan(nowMs, [...this.#dirty])
    for (const file of this.book.settling.due(nowMs, { quietMs, patienceMs }))
      await this.#settle(file, nowMs, patienceMs)
    this.#tellNews(nowMs)
  }

  /** Reads settled files, the most important first, until `mostBytes` were read. True when there are more. */
  async hash(mostBytes: number, signal: AbortSignal): Promise<boolean> {
    let bytes = 0
    const files = this.book.unhashed.map((file) => ({ ...file, ...file.identity }))
    for (const { path, remotePath, identity } of files.sort(byImportance)) {
      if (bytes >= mostBytes || signal.aborted) return true
      bytes += identity.size
      await this.#hash({ path, remotePath, identity }, signal)
    }
    return false
  }

  /** How long until there is something to look at. */
  nextInMs(nowMs: number, patience: Patience): number {
    const scanInMs = Math.max(0, this.#scanAtMs - nowMs)
    return Math.min(scanInMs, this.book.settling.nextInMs(nowMs, patience) ?? scanInMs)
  }

  /** Whether something changed since the last look, as far as the system told. */
  get hasNews(): boolean {
    return this.#dirty.size > 0
  }

  close(): void {
    this.#watch.close()
  }

  async #scan(nowMs: number, dirty?: readonly string[]): Promise<void> {
    this.#dirty.clear()
    if (dirty === undefined) this.book.forgive()
    const scan = await this.#tree.scan(dirty)
    // What changed before its folder was watched would be missed.
    for (const folder of this.#watch.follow(scan.folders)) this.#dirty.add(folder)
    if (this.#dirty.size > 0) this.#world.onNews()
    if (this.book.take(scan, nowMs)) this.changedAtMs = nowMs
    if (dirty === undefined) {
      this.#scanAtMs = nowMs + Math.max(this.#world.options.scanEveryMs, scan.tookMs / scanShare)
    }
  }

  async #settle(file: ScannedFile, nowMs: number, patienceMs: number): Promise<void> {
    const identity = lookAgain(file.path)
    if (identity === undefined || !isSame(identity, file.identity)) {
      this.changedAtMs = nowMs
      return this.book.moved(file, identity, nowMs)
    }
    const { settling } = this.book
    if (file.lacks !== undefined) return settling.lacking(file.remotePath, identity, file.lacks)
    await this.#reading(file, undefined, async () => {
      const reason = (await incompleteness(file)) ?? file.waits
      const isStale = reason !== undefined && settling.unchangedMs(file.remotePath, nowMs) >= patienceMs
      if (reason !== undefined && !isStale) return settling.incomplete(file.remotePath, identity, reason)
      if (isStale) this.#tellAsItIs(file.remotePath, reason)
      this.book.settled(file)
    })
  }

  #tellAsItIs(path: string, reason: string): void {
    if (!this.#asTheyAre.has(path)) this.#world.tell({ type: 'as-it-is', path, reason })
    this.#asTheyAre.add(path)
  }

  async #hash(file: ScannedFile, signal: AbortSignal): Promise<void> {
    const { ownSecrets } = this.#world
    await this.#reading(file, signal, async () =>
      this.book.hashed(file, await hashFile(file, { ownSecrets, signal })),
    )
  }

  /** A file that changes meanwhile is seen anew; one that cannot be read is refused as it is. */
  async #reading(
    file: ScannedFile,
    signal: AbortSignal | undefined,
    read: () => Promise<void>,
  ): Promise<void> {
    try {
      await read()
    } catch (error) {
      if (signal?.aborted) return
      const identity = lookAgain(file.path)
      const isAnother = identity === undefined || !isSame(identity, file.identity)
      if (isAnother) this.book.moved(file, identity, performance.now())
      else this.book.refuse(file, reasonOf(error), true)
    }
  }

  #tellNews(nowMs: number): void {
    const { options, tell } = this.#world
    for (const late of this.book.settling.late(nowMs, options.maxWaitMs)) tell({ type: 'unsettled', ...late })
    for (const { path, reason } of [...this.book.refusals(), ...(this.book.scan?.unreadable ?? [])]) {
      if (this.#named.size >= mostNamed) break
      const key = `${path}\n${reason}`
      if (this.#named.has(key)) continue
      this.#named.add(key)
      tell({ type: 'refused', path, reason })
    }
    const unmatched = this.book.scan?.unmatched ?? []
    if (unmatched.length > this.#unmatched)
      tell({ type: 'unmatched', files: unmatched.length, some: unmatched.slice(0, mostShown) })
    this.#unmatched = unmatched.length
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof HubProblem && error.cause instanceof Error ? error.cause : error
  if (!(cause instanceof Error)) return String(cause)
  const mayNot = 'code' in cause && (cause.code === 'EACCES' || cause.code === 'EPERM')
  return mayNot ? 'it may not be read: change its owner or mode' : cause.message
}
