import { type FileIdentity, isSame } from './file-identity.ts'
import type { ScannedFile } from './scan-folder.ts'

interface Waiting {
  readonly file: ScannedFile
  /** Since when it is as it is. */
  readonly sinceMs: number
  /** Since when it has not been settled. */
  readonly firstMs: number
  /** Why this version is not whole by its format; it is not looked at again before it changes. */
  readonly incomplete?: string
  named: boolean
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
    if (before !== undefined && isSame(before.file.identity, file.identity)) return false
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

  /** Files that were the same for `quietMs`, when they are still as they were: to be looked at again. */
  due(nowMs: number, quietMs: number): readonly ScannedFile[] {
    const due = [...this.#waiting.values()].filter(
      ({ sinceMs, incomplete }) => incomplete === undefined && nowMs - sinceMs >= quietMs,
    )
    return due.map(({ file }) => file)
  }

  /** How long until `due` has something; undefined when nothing is on its way. */
  nextInMs(nowMs: number, quietMs: number): number | undefined {
    let next: number | undefined
    for (const { sinceMs, incomplete } of this.#waiting.values()) {
      if (incomplete !== undefined) continue
      const inMs = Math.max(0, sinceMs + quietMs - nowMs)
      if (next === undefined || inMs < next) next = inMs
    }
    return next
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
      const reason = waiting.incomplete ?? 'it keeps changing'
      return { path: waiting.file.remotePath, reason, forMs: Math.round(nowMs - waiting.firstMs) }
    })
  }

  /** Why a file is not settled. */
  noteOf(remotePath: string): string | undefined {
    const waiting = this.#waiting.get(remotePath)
    return waiting && (waiting.incomplete ?? (waiting.named ? 'it keeps changing' : undefined))
  }

  get size(): number {
    return this.#waiting.size
  }
}
