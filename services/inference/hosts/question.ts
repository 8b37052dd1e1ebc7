import type { Output, Row } from '../model-host/protocol.ts'
import { TurnedAway } from './turned-away.ts'

/** A row that somebody waits for: settled by its answer, by its deadline, or because nobody waits any more. */
export class Question {
  readonly row: Row
  readonly askedAt = performance.now()
  /** Hosts that ended while they were at it. */
  hostsLost = 0
  /** Set when a batch that it was in failed: it is asked again without company. */
  alone = false
  #settled = false
  readonly #answer = Promise.withResolvers<Output>()
  readonly #timer: NodeJS.Timeout
  readonly #left: AbortSignal

  constructor(row: Row, { timeoutMs, left }: { readonly timeoutMs: number; readonly left: AbortSignal }) {
    this.row = row
    this.#left = left
    this.#timer = setTimeout(
      () => this.reject(new TurnedAway(`no answer within ${timeoutMs / 1000} s`)),
      timeoutMs,
    )
    left.addEventListener('abort', this.#leave, { once: true })
    if (left.aborted) this.#leave()
  }

  readonly #leave = () => this.reject(new Error('the client left'))

  get answer(): Promise<Output> {
    return this.#answer.promise
  }

  get settled(): boolean {
    return this.#settled
  }

  resolve(output: Output): void {
    this.#release()
    this.#answer.resolve(output)
  }

  reject(error: unknown): void {
    this.#release()
    this.#answer.reject(error)
  }

  #release(): void {
    this.#settled = true
    clearTimeout(this.#timer)
    this.#left.removeEventListener('abort', this.#leave)
  }
}
