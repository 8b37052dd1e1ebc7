import type { Cost } from '../desk/desk.ts'
import type { Rate } from './rate.ts'

const hourMs = 3_600_000

export interface CostInput {
  readonly usd: number
  readonly rate: Rate | undefined
  readonly budgetUsd: number | undefined
  readonly wallMs: number
  readonly problems: readonly string[]
}

/** What is told of money. Pure. */
export function costOf({ usd, rate, budgetUsd, wallMs, problems }: CostInput): Cost {
  const leftUsd = Math.max(0, (budgetUsd ?? 0) - usd)
  return {
    spentUsd: rate && usd,
    rateUsdPerHour: rate?.usdPerHour,
    rateSource: rate?.source,
    budgetUsd,
    budgetEndsAt:
      rate && budgetUsd !== undefined ? Math.round(wallMs + (leftUsd / rate.usdPerHour) * hourMs) : undefined,
    projectedUsd24h: rate && rate.usdPerHour * 24,
    problem: problems.length > 0 ? problems.join('; ') : undefined,
  }
}
