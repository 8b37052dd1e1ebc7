import { type FileIdentity, isSame } from './file-identity.ts'
import type { HashedFile } from './hash-file.ts'
import type { Journal } from './journal.ts'
import type { LocalVersion } from './local-version.ts'
import type { ScannedFile } from './scan-folder.ts'
import { Settling } from './settling.ts'
import type { Scan } from './tree.ts'
import { type Units, unitsOf } from './units.ts'
import type { FileState, PassedOver } from './upload-report.ts'

/** Everything known of the files that are there: what the scan saw, what is settled, and what the journal says of it. */
export class FileBook {
  readonly settling = new Settling()
  readonly #journal: Journal
  readonly #refusals = new Map<
    string,
    { readonly identity: FileIdentity; readonly passing: boolean } & PassedOver
  >()
  /** Settled, and not hashed yet. */
  readonly #unhashed = new Map<string, ScannedFile>()
  /** Versions that go up although something they belong with is not there. */
  readonly #alone = new Map<string, FileIdentity>()
  scan: Scan | undefined
  #units: Units = new Map()

  constructor(journal: Journal) {
    this.#journal = journal
  }

  /** Gives files another chance that were refused for a passing reason. */
  forgive(): void {
    for (const [path, { passing }] of this.#refusals) if (passing) this.#refusals.delete(path)
  }

  /** Takes in what a scan saw; true when it saw something new or gone. */
  take(scan: Scan, nowMs: number): boolean {
    this.scan = scan
    this.#units = unitsOf(scan.files.values())
    let news = false
    for (const file of scan.files.values()) {
      if (this.#isKnown(file)) this.settling.forget(file.remotePath)
      else news = this.#see(file, nowMs) || news
    }
    const isThere = (path: string) => scan.files.has(path)
    this.settling.retain(isThere)
    for (const path of this.#unhashed.keys()) if (!isThere(path)) this.#unhashed.delete(path)
    for (const path of this.#refusals.keys()) if (!isThere(path)) this.#refusals.delete(path)
    for (const path of this.#alone.keys())
      if (scan.files.get(path)?.waits === undefined) this.#alone.delete(path)
    return this.#forgetGone(scan) || news
  }

  /** It was settled and whole when it was looked at. */
  settled(file: ScannedFile): void {
    this.settling.forget(file.remotePath)
    if (file.waits !== undefined) this.#alone.set(file.remotePath, file.identity)
    this.#unhashed.set(file.remotePath, file)
    this.#note(file, 'settled')
  }

  /** It is another version by now, or will be soon. */
  moved(
    file: Pick<ScannedFile, 'path' | 'remotePath'>,
    identity: FileIdentity | undefined,
    nowMs: number,
  ): void {
    this.#unhashed.delete(file.remotePath)
    this.settling.forget(file.remotePath)
    if (identity === undefined) return
    const { path, remotePath } = file
    this.settling.see({ path, remotePath, identity }, nowMs)
    this.#note({ path, remotePath, identity }, 'seen')
  }

  hashed(file: ScannedFile, { sha256, gitOid, secret }: HashedFile): void {
    this.#unhashed.delete(file.remotePath)
    if (secret !== undefined) {
      this.refuse(file, `its text holds ${secret}: take it out of the file`)
      return
    }
    this.#note(file, 'hashed', { sha256, ...(gitOid && { gitOid }) })
  }

  /** This version does not go up; a `passing` reason may be gone when everything is looked at again. */
  refuse({ path, remotePath, identity }: ScannedFile, reason: string, passing = false): void {
    this.settling.forget(remotePath)
    this.#unhashed.delete(remotePath)
    this.#refusals.set(remotePath, { path, identity, reason, passing })
    this.#journal.note({ forget: remotePath })
  }

  /** A version's bytes are on the Hub, or in a commit. */
  reached(remotePath: string, state: 'hashed' | 'uploaded' | 'committed'): void {
    const entry = this.#journal.entries.get(remotePath)
    if (entry !== undefined && entry.state !== state)
      this.#journal.note({ path: remotePath, ...entry, state })
  }

  get unhashed(): readonly ScannedFile[] {
    return [...this.#unhashed.values()]
  }

  /** Versions that are there now and were hashed. */
  *versions(): Generator<LocalVersion> {
    for (const { path, remotePath, identity } of this.scan?.files.values() ?? []) {
      const entry = this.#journal.entries.get(remotePath)
      if (entry?.sha256 === undefined || !isSame(entry.identity, identity)) continue
      const { size, mtimeMs } = identity
      const { sha256, gitOid, state } = entry
      const stored = state === 'uploaded' ? ({ stored: 'lfs' } as const) : {}
      const hashes = { sha256, ...(gitOid && { gitOid }) }
      yield { path, remotePath, identity, size, mtimeMs, ...hashes, ...stored }
    }
  }

  /** Those of them that may be sent: of what goes up together, only when all of it is there and hashed. */
  *sendable(): Generator<LocalVersion> {
    if (this.#units.size === 0) return yield* this.versions()
    const ready = new Map(Array.from(this.versions(), (version) => [version.remotePath, version]))
    for (const version of ready.values()) {
      const unit = this.#units.get(version.remotePath)
      if (unit === undefined) yield version
      else if ([...unit].every((path) => ready.has(path) && this.#lackOf(path) === undefined))
        yield { ...version, unit }
    }
  }

  /** Why a file that is there is not sent yet, as far as that takes longer than usual. */
  noteOf(remotePath: string): string | undefined {
    const own = this.settling.noteOf(remotePath) ?? this.#lackOf(remotePath)
    if (own !== undefined) return own
    for (const path of this.#units.get(remotePath) ?? []) {
      if (path === remotePath) continue
      const note = this.#refusals.get(path)?.reason ?? this.settling.noteOf(path)
      if (note !== undefined) return `it belongs with ${path}: ${note}`
    }
    return undefined
  }

  /** Files that something is missing of which they refer to: they go up in the end, and are of no use there. */
  partsMissing(): readonly PassedOver[] {
    return [...(this.scan?.files.values() ?? [])].flatMap(({ path, waits }) =>
      waits === undefined ? [] : [{ path, reason: waits }],
    )
  }

  #lackOf(remotePath: string): string | undefined {
    const file = this.scan?.files.get(remotePath)
    return file && (file.lacks ?? (this.#goesAlone(file) ? undefined : file.waits))
  }

  #goesAlone({ remotePath, identity }: ScannedFile): boolean {
    const alone = this.#alone.get(remotePath)
    return alone !== undefined && isSame(alone, identity)
  }

  /** How far the version that is there is. */
  stateOf({ remotePath, identity }: ScannedFile): FileState {
    const entry = this.#journal.entries.get(remotePath)
    return entry !== undefined && isSame(entry.identity, identity) ? entry.state : 'seen'
  }

  isRefused(remotePath: string): boolean {
    return this.#refusals.has(remotePath)
  }

  refusals(): readonly PassedOver[] {
    const read = [...this.#refusals.values()].map(({ path, reason }) => ({ path, reason }))
    return [...(this.scan?.refused ?? []), ...read]
  }

  #isKnown(file: ScannedFile): boolean {
    const { remotePath, identity, waits } = file
    const entry = this.#journal.entries.get(remotePath)
    // One that is not safe and lost its part is waited with anew.
    const mayGo = waits === undefined || entry?.state === 'committed' || this.#goesAlone(file)
    if (mayGo && entry?.sha256 !== undefined && isSame(entry.identity, identity)) return true
    const refusal = this.#refusals.get(remotePath)
    if (refusal !== undefined && isSame(refusal.identity, identity)) return true
    const unhashed = this.#unhashed.get(remotePath)
    return unhashed !== undefined && isSame(unhashed.identity, identity)
  }

  #see(file: ScannedFile, nowMs: number): boolean {
    this.#refusals.delete(file.remotePath)
    this.#unhashed.delete(file.remotePath)
    const isNews = this.settling.see(file, nowMs)
    // A version that is written every second is not worth a line each time.
    if (this.#journal.entries.get(file.remotePath)?.state !== 'seen') this.#note(file, 'seen')
    return isNews
  }

  #note({ remotePath, identity }: ScannedFile, state: FileState, hashes: Partial<HashedFile> = {}): void {
    this.#journal.note({ path: remotePath, state, identity, ...hashes })
  }

  /** What is gone without having been committed is not missing on the Hub any more. */
  #forgetGone(scan: Scan): boolean {
    if (scan.missing.length > 0 || scan.unreadable.length > 0) return false
    let some = false
    for (const [path, { state }] of this.#journal.entries) {
      if (state === 'committed' || scan.files.has(path)) continue
      this.#journal.note({ forget: path })
      some = true
    }
    return some
  }
}
