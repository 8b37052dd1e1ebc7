import { shutdownPlan } from '../../supervisor/shutdown-plan.ts'
import type { Timings } from '../../supervisor/timings.ts'

/** For what comes after the answer: the end of the process, and the report of it. */
const reserve = { share: 0.05, leastMs: 150 } as const

/**
 * How long a flush may take from the moment it is this service's turn to stop until it would be killed.
 * `stoppingMs`: how long the pod has been stopping; undefined when the service alone is stopped. Pure.
 */
export function timeForFlush(
  { shutdownBudgetMs, stopGraceMs }: Timings,
  stoppingMs: number | undefined,
): number {
  const save = shutdownPlan(shutdownBudgetMs).find(({ tier }) => tier === 'save')
  const leftMs = stoppingMs === undefined || !save ? stopGraceMs : save.deadlineMs - stoppingMs
  return Math.max(0, leftMs - Math.max(reserve.leastMs, leftMs * reserve.share))
}
