import type { Told } from './account.ts'

const percents = [80, 90, 100] as const

/** The thresholds of the budget that are reached and were not told yet, lowest first. Another budget begins anew. Pure. */
export function crossed(spentUsd: number, budgetUsd: number, told: Told | undefined): readonly number[] {
  const highest = told?.budgetUsd === budgetUsd ? told.percent : 0
  return percents.filter((percent) => percent > highest && spentUsd >= (budgetUsd * percent) / 100)
}
