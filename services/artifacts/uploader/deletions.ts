import type { JournalEntry } from './journal-lines.ts'
import type { Scan } from './tree.ts'

const graceMs = 600_000

/**
 * What `mirror` deletes on the Hub: what was committed from here and has been gone for ten minutes. A source that is
 * missing, empty or cannot be read in full says nothing about what is gone.
 */
export class Deletions {
  readonly #goneSinceMs = new Map<string, number>()

  /** Paths on the Hub to delete now. */
  due(scan: Scan, entries: ReadonlyMap<string, JournalEntry>, nowMs: number): readonly string[] {
    if (scan.missing.length > 0 || scan.unreadable.length > 0 || scan.files.size === 0) {
      this.#goneSinceMs.clear()
      return []
    }
    for (const path of this.#goneSinceMs.keys()) if (!entries.has(path)) this.#goneSinceMs.delete(path)
    const due: string[] = []
    for (const [path, { state }] of entries) {
      if (state === 'committed' && !scan.files.has(path)) this.#note(path, nowMs, due)
      else this.#goneSinceMs.delete(path)
    }
    return due
  }

  #note(path: string, nowMs: number, due: string[]): void {
    const sinceMs = this.#goneSinceMs.get(path) ?? nowMs
    this.#goneSinceMs.set(path, sinceMs)
    if (nowMs - sinceMs >= graceMs) due.push(path)
  }
}
