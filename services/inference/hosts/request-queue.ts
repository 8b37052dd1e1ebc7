import type { Output, Row } from '../model-host/protocol.ts'
import { batchOf } from './batch-of.ts'
import { Question } from './question.ts'
import { TurnedAway } from './turned-away.ts'

export interface QueueLimits {
  /** Questions that may wait. */
  readonly waiting: number
  /** From the question to its answer. */
  readonly timeoutMs: number
}

/** Questions that wait for a host, oldest first; what is late or for nobody any more leaves at once. */
export class RequestQueue {
  readonly #limits: QueueLimits
  readonly #waiting = new Set<Question>()
  readonly #open = new Set<Promise<unknown>>()
  #closed: { readonly error: unknown } | undefined
  #onWaiting: () => void = () => {}

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  /** Questions that wait for a host now. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Told whenever something waits that did not before. */
  onWaiting(listener: () => void): void {
    this.#onWaiting = listener
  }

  /** Settles with the answer; rejects when too many wait, it takes too long, the client left, or it cannot be had. */
  async ask(row: Row, left: AbortSignal): Promise<Output> {
    const { waiting, timeoutMs } = this.#limits
    if (this.#closed) throw this.#closed.error
    if (this.#waiting.size >= waiting) throw new TurnedAway(`${waiting} requests are waiting already`)
    const question = new Question(row, { timeoutMs, left })
    this.#waiting.add(question)
    this.#open.add(question.answer)
    this.#onWaiting()
    try {
      return await question.answer
    } finally {
      this.#waiting.delete(question)
      this.#open.delete(question.answer)
    }
  }

  /** Takes what is to be asked next; nothing when nothing waits. */
  take(): readonly Question[] {
    const batch = batchOf(this.#waiting)
    for (const question of batch) this.#waiting.delete(question)
    return batch
  }

  /** Lets questions that were taken wait again, before all others. */
  putBack(questions: readonly Question[]): void {
    const later = [...this.#waiting]
    this.#waiting.clear()
    for (const question of [...questions, ...later]) {
      if (!question.settled) this.#waiting.add(question)
    }
    this.#onWaiting()
  }

  /** Rejects what waits and whatever is asked from now on. */
  close(error: unknown): void {
    this.#closed = { error }
    for (const question of this.#waiting) question.reject(error)
  }

  /** Settles when nothing is open any more. */
  async drained(): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled(this.#open)
  }
}
