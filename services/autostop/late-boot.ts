import type { DecisionInput } from './decision-input.ts'
import type { AutostopSettings } from './settings.ts'

/** A limit, how much of it was used up before the pod booted, and how fast it is used since. */
export interface Use {
  readonly before: number
  readonly limit: number
  readonly perMs: number
}

/** Until when the owner of a pod that booted with its budget, lifetime or job at an end can get in. Pure. */
export function graceEndsMs(
  { bootMs }: Pick<DecisionInput, 'bootMs'>,
  { bootGraceMs }: Pick<AutostopSettings, 'bootGraceMs'>,
): number {
  return bootMs + bootGraceMs
}

/**
 * True when a boot began with so little left that its grace would not fit in. A limit that is smaller than the grace from
 * the start is meant so: at least half of it must have been used by the boots before. Pure.
 */
export function isNearlyUsedUp(
  { before, limit, perMs }: Use,
  { bootGraceMs }: Pick<AutostopSettings, 'bootGraceMs'>,
): boolean {
  return before > limit / 2 && limit - before < perMs * bootGraceMs
}

/** The budget as it was at the boot. Without a rate only one that is over counts as used up. Pure. */
export function budgetAtBoot(
  { usd, rate }: NonNullable<DecisionInput['spent']>,
  limit: number,
  { nowMs, bootMs }: Pick<DecisionInput, 'nowMs' | 'bootMs'>,
): Use {
  const perMs = (rate ?? 0) / 3_600_000
  return { before: usd - perMs * (nowMs - bootMs), limit: limit, perMs: perMs || Number.MIN_VALUE }
}
