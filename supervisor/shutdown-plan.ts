import { type StopTier, stopTiers } from './service.ts'

/** Latest end of each tier as a share of the budget: work has at most a half, save keeps a third, the sweep the rest. */
const latestEnd: Readonly<Record<StopTier, number>> = {
  intake: 0.1,
  work: 0.5,
  save: 0.84,
  tools: 0.9,
  access: 0.95,
}

export interface TierPlan {
  readonly tier: StopTier
  /** Milliseconds after the first signal at which what is left of this tier is killed. */
  readonly deadlineMs: number
}

/** The order of a shutdown. A tier that ends early hands its time on to those behind it. */
export function shutdownPlan(budgetMs: number): readonly TierPlan[] {
  return stopTiers.map((tier) => ({ tier, deadlineMs: Math.round(latestEnd[tier] * budgetMs) }))
}
