import type { FlushOutcome } from './uploader/protocol.ts'

/** A flush that was asked for: under way without an outcome. Times of the wall clock in ms. */
export interface FlushRecord {
  readonly id: number
  readonly atMs: number
  readonly deadlineMs: number
  readonly outcome?: FlushOutcome
}

const kept = 10

/** The flushes of this podmate, by number, and who waits for them. Numbers go on when the uploader is a new one. */
export class FlushBook {
  readonly #records = new Map<number, FlushRecord>()
  readonly #waiting = new Map<number, PromiseWithResolvers<FlushOutcome>>()
  #last = 0

  /** Newest first, at most 10. */
  get records(): readonly FlushRecord[] {
    return [...this.#records.values()].reverse()
  }

  begin(deadlineMs: number): { readonly id: number; readonly outcome: Promise<FlushOutcome> } {
    const id = ++this.#last
    this.#records.set(id, { id, atMs: Date.now(), deadlineMs })
    for (const old of this.#records.keys()) if (old <= id - kept) this.#records.delete(old)
    const waiting = Promise.withResolvers<FlushOutcome>()
    waiting.promise.catch(() => {}) // nobody may be waiting any more
    this.#waiting.set(id, waiting)
    return { id, outcome: waiting.promise }
  }

  settle(id: number, outcome: FlushOutcome): void {
    this.#note(id, outcome)
    this.#waiting.get(id)?.resolve(outcome)
    this.#waiting.delete(id)
  }

  /** The uploader has gone: nobody will answer what is under way. `left` is what was known last. */
  fail(error: Error, left: Omit<FlushOutcome, 'reason'>): void {
    for (const [id, waiting] of this.#waiting) {
      this.#note(id, { ...left, reason: error.message })
      waiting.reject(error)
    }
    this.#waiting.clear()
  }

  #note(id: number, outcome: FlushOutcome): void {
    const record = this.#records.get(id)
    if (record) this.#records.set(id, { ...record, outcome })
  }
}
