import type { ServiceContext } from '../../supervisor/service.ts'
import { pause } from '../../supervisor/time.ts'

/** The signals of a run, which also abort when its time is over. */
export interface TimeLimit {
  readonly ms: number
  readonly stop: AbortSignal
  readonly kill: AbortSignal
  /** Aborts when the time is over, and only then. */
  readonly expired: AbortSignal
  end(): void
}

/** TERM after `ms`, KILL when that has not helped by the end of the grace period. `end` lets the timers go. */
export function timeLimit(ms: number, { stop, kill, program }: ServiceContext): TimeLimit {
  const over = new AbortController()
  const expired = new AbortController()
  const hard = new AbortController()
  const watch = async () => {
    await pause(ms, over.signal)
    if (over.signal.aborted) return
    program.tell({ type: 'killing', reason: `not finished after ${ms / 1000} s` })
    expired.abort()
    await pause(program.timings.stopGraceMs, over.signal)
    if (!over.signal.aborted) hard.abort()
  }
  void watch()
  return {
    ms,
    stop: AbortSignal.any([stop, expired.signal]),
    kill: AbortSignal.any([kill, hard.signal]),
    expired: expired.signal,
    end: () => over.abort(),
  }
}
