import type { AutostopSettings } from '../settings.ts'
import type { DecisionInput } from './decision-input.ts'

/** Until when the owner of a pod that booted with its budget, lifetime or job at an end can get in. Pure. */
export function graceEndsMs(
  { bootMs }: Pick<DecisionInput, 'bootMs'>,
  { bootGraceMs }: Pick<AutostopSettings, 'bootGraceMs'>,
): number {
  return bootMs + bootGraceMs
}

/**
 * True when most of a limit was used by the boots before: then less than the grace may be left. A limit that is smaller
 * than the grace from the start is meant so. Pure.
 */
export function isMostlyUsed(usedBeforeBoot: number, limit: number): boolean {
  return usedBeforeBoot > limit / 2
}

/** What was spent before the boot, in USD. Pure. */
export function spentBeforeBoot(
  { usd, rate }: NonNullable<DecisionInput['spent']>,
  { nowMs, bootMs }: Pick<DecisionInput, 'nowMs' | 'bootMs'>,
): number {
  return usd - ((rate ?? 0) * (nowMs - bootMs)) / 3_600_000
}
