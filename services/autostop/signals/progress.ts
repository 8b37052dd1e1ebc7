import type { Reading } from '../signal.ts'
import { active, quiet, spoken } from './evidence.ts'

const longestPatienceMs = 6 * 3_600_000

/** What came of a trainer, and how long one waits for more. Times are monotonic milliseconds. */
export class Progress {
  readonly #leastPatienceMs: number
  #startedMs: number | undefined
  #longestGapMs = 0
  #what = ''
  #lastMs: number | undefined

  constructor(patienceMs: number) {
    this.#leastPatienceMs = patienceMs
  }

  /** Another run has begun at that time: the patience of the one before says nothing about it. */
  beginRun(startedMs: number, counts: boolean): void {
    if (startedMs === this.#startedMs) return
    this.#startedMs = startedMs
    this.#longestGapMs = 0
    if (counts && startedMs > (this.#lastMs ?? Number.NEGATIVE_INFINITY)) this.#note('its start', startedMs)
  }

  /** Something came. Older news than the last is no news. */
  saw(what: string, atMs: number): void {
    if (this.#lastMs !== undefined && atMs <= this.#lastMs) return
    if (this.#lastMs !== undefined) this.#longestGapMs = Math.max(this.#longestGapMs, atMs - this.#lastMs)
    this.#note(what, atMs)
  }

  reading(nowMs: number): Reading {
    const patienceMs = this.#patienceMs()
    const silenceMs = nowMs - (this.#lastMs ?? Number.NEGATIVE_INFINITY)
    if (this.#lastMs !== undefined && silenceMs <= patienceMs)
      return active(this.#lastMs, `${this.#what} came ${spoken(silenceMs)} ago`)
    const since = this.#lastMs === undefined ? '' : ` for ${spoken(silenceMs)}, since ${this.#what}`
    return quiet(
      this.#lastMs,
      `the trainer runs but looks stalled: no step, log line or new file${since} (${spoken(patienceMs)} are allowed)`,
    )
  }

  /** Who was silent and went on may be silent as long again. */
  #patienceMs(): number {
    const learnedMs = Math.min(2 * this.#longestGapMs, longestPatienceMs)
    return Math.max(this.#leastPatienceMs, learnedMs)
  }

  #note(what: string, atMs: number): void {
    this.#what = what
    this.#lastMs = atMs
  }
}
