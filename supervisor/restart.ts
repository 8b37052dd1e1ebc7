import type { Ending } from './events.ts'
import type { RestartPolicy } from './service.ts'
import type { Timings } from './timings.ts'

/** What is remembered of a service's earlier ends. All times are monotonic milliseconds. */
export interface RestartHistory {
  readonly failures: number
  readonly crashloop: boolean
  readonly ends: readonly number[]
}
export const newHistory: RestartHistory = { failures: 0, crashloop: false, ends: [] }

export type Verdict =
  | { readonly type: 'completed' }
  | { readonly type: 'failed' }
  | { readonly type: 'restart' | 'crashloop'; readonly delayMs: number; readonly history: RestartHistory }

export interface Run {
  readonly ending: Ending
  readonly startedMs: number
  readonly endedMs: number
}

/** What follows on the end of a run: pure, so that time and chance are the caller's. `random` is 0 to 1. */
export function decide(
  run: Run,
  policy: RestartPolicy,
  history: RestartHistory,
  timings: Timings,
  random: number,
): Verdict {
  const spent = policy === 'never' || (policy === 'on-failure' && run.ending.ok)
  if (spent) return { type: run.ending.ok ? 'completed' : 'failed' }
  const healthy = run.endedMs - run.startedMs >= timings.healthyMs
  const failures = healthy ? 1 : history.failures + 1
  const ends = [...history.ends, run.endedMs].filter((at) => run.endedMs - at < timings.crashWindowMs)
  const crashloop = ends.length >= timings.crashExits || (history.crashloop && !healthy)
  return {
    type: crashloop ? 'crashloop' : 'restart',
    delayMs: crashloop ? timings.crashRetryMs : backoff(failures, timings, random),
    history: { failures, crashloop, ends },
  }
}

function backoff(failures: number, timings: Timings, random: number): number {
  const doubled = timings.backoffFirstMs * 2 ** Math.min(failures - 1, 30)
  const varied = 1 + timings.jitter * (2 * random - 1)
  return Math.round(Math.min(doubled, timings.backoffCapMs) * varied)
}
