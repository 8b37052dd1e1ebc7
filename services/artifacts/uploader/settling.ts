import { type FileIdentity, isSame } from './file-identity.ts'
import type { ScannedFile } from './scan-folder.ts'

interface Waiting {
  readonly file: ScannedFile
  /** Since when it is as it is. */
  readonly sinceMs: number
  /** Since when it has not been settled. */
  readonly firstMs: number
  /** Why this version is not whole; it is looked at again when it has not changed for long. */
  readonly incomplete?: string
  /** Why it does not go up, however long it stays as it is. */
  readonly lacks?: string
  named: boolean
}

/** How long a file must have been as it is: to be looked at, and to be taken although it does not look complete. In ms. */
export interface Patience {
  readonly quietMs: number
  readonly patienceMs: number
}

/** A file that has kept others from knowing what it will be. */
export interface LateFile {
  readonly path: string
  readonly reason: string
  readonly forMs: number
}

/** Files that may still change, and since when they have not. All times are given, of one clock. */
export class Settling {
  readonly #waiting = new Map<string, Waiting>()

  /** How a file was seen; the same version keeps its time. True for another one. */
  see(file: ScannedFile, nowMs: number): boolean {
    const before = this.#waiting.get(file.remotePath)
    if (before !== undefined && isSame(before.file.identity, file.identity)) {
      const { lacks, waits } = before.file
      if (lacks === file.lacks && waits === file.waits) return false
      // What it belongs with has come or gone: it is looked at again.
      const { sinceMs, firstMs, named } = before
      this.#waiting.set(file.remotePath, { file, sinceMs, firstMs, named })
      return true
    }
    const { firstMs = nowMs, named = false } = before ?? {}
    this.#waiting.set(file.remotePath, { file, sinceMs: nowMs, firstMs, named })
    return true
  }

  /** It is settled, or gone, or will never go up. */
  forget(remotePath: string): void {
    this.#waiting.delete(remotePath)
  }

  /** Takes out all that `keep` does not name. */
  retain(keep: (remotePath: string) => boolean): void {
    for (const path of this.#waiting.keys()) if (!keep(path)) this.#waiting.delete(path)
  }

  /** This version is not whole. */
  incomplete(remotePath: string, identity: FileIdentity, reason: string): void {
    const waiting = this.#waiting.get(remotePath)
    if (waiting === undefined || !isSame(waiting.file.identity, identity)) return
    this.#waiting.set(remotePath, { ...waiting, incomplete: reason })
  }

  /** This version cannot go up. */
  lacking(remotePath: string, identity: FileIdentity, lacks: string): void {
    const waiting = this.#waiting.get(remotePath)
    if (waiting === undefined || !isSame(waiting.file.identity, identity)) return
    this.#waiting.set(remotePath, { ...waiting, lacks })
  }

  /** Files that were the same for `quietMs`, and those not whole that were for `patienceMs`: to be looked at again. */
  due(nowMs: number, patience: Patience): readonly ScannedFile[] {
    const due = [...this.#waiting.values()].filter((waiting) => dueInMs(waiting, nowMs, patience) <= 0)
    return due.map(({ file }) => file)
  }

  /** For how long a file has been as it is: by what was seen, and by its own time. */
  unchangedMs(remotePath: string, nowMs: number): number {
    const waiting = this.#waiting.get(remotePath)
    return waiting === undefined ? 0 : unchangedMs(waiting, nowMs)
  }

  /** How long until `due` has something; undefined when nothing is on its way. */
  nextInMs(nowMs: number, patience: Patience): number | undefined {
    let next = Number.POSITIVE_INFINITY
    for (const waiting of this.#waiting.values()) next = Math.min(next, dueInMs(waiting, nowMs, patience))
    return Number.isFinite(next) ? Math.max(0, next) : undefined
  }

  /** Whether something may become whole soon: it changed less than `withinMs` ago. */
  isActive(nowMs: number, withinMs: number): boolean {
    return [...this.#waiting.values()].some(({ sinceMs }) => nowMs - sinceMs < withinMs)
  }

  /** Files that have not settled for `afterMs`, each one once. */
  late(nowMs: number, afterMs: number): readonly LateFile[] {
    const late = [...this.#waiting.values()].filter(
      ({ firstMs, named }) => !named && nowMs - firstMs >= afterMs,
    )
    return late.map((waiting) => {
      waiting.named = true
      const reason = waiting.lacks ?? waiting.incomplete ?? 'it keeps changing'
      return { path: waiting.file.remotePath, reason, forMs: Math.round(nowMs - waiting.firstMs) }
    })
  }

  /** Why a file is not settled. */
  noteOf(remotePath: string): string | undefined {
    const waiting = this.#waiting.get(remotePath)
    return (
      waiting && (waiting.lacks ?? waiting.incomplete ?? (waiting.named ? 'it keeps changing' : undefined))
    )
  }

  get size(): number {
    return this.#waiting.size
  }
}

/** Infinity: not before it changes. */
function dueInMs(waiting: Waiting, nowMs: number, { quietMs, patienceMs }: Patience): number {
  if (waiting.lacks !== undefined) return Number.POSITIVE_INFINITY
  if (waiting.incomplete === undefined) return quietMs - (nowMs - waiting.sinceMs)
  return patienceMs - unchangedMs(waiting, nowMs)
}

function unchangedMs({ sinceMs, file }: Waiting, nowMs: number): number {
  return Math.max(nowMs - sinceMs, Date.now() - Math.max(file.identity.mtimeMs, file.identity.ctimeMs))
}
