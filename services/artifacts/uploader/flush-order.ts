import type { FlushOutcome } from './protocol.ts'

/** A flush under way. */
export interface FlushOrder {
  /** Both monotonic. */
  readonly startedMs: number
  readonly untilMs: number
  readonly outcome: Promise<FlushOutcome>
  /** True once: the first look of a flush is at everything. */
  takeFirst(): boolean
  end(outcome: FlushOutcome): void
}

/** A flush that calls `onLate` when its time is up and nobody ended it. */
export function flushOrder(untilMs: number, onLate: () => void): FlushOrder {
  const { promise, resolve } = Promise.withResolvers<FlushOutcome>()
  const startedMs = performance.now()
  const inMs = untilMs - startedMs
  const timer = Number.isFinite(inMs)
    ? setTimeout(onLate, Math.min(Math.max(0, inMs), 2 ** 31 - 1))
    : undefined
  let isFirst = true
  return {
    startedMs,
    untilMs,
    outcome: promise,
    takeFirst() {
      const first = isFirst
      isFirst = false
      return first
    },
    end(outcome) {
      clearTimeout(timer)
      resolve(outcome)
    },
  }
}
