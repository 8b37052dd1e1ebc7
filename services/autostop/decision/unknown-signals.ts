import type { AutostopSettings } from '../settings.ts'
import type { SignalName } from '../signal.ts'
import type { DecisionInput } from './decision-input.ts'
import type { Memory } from './memory.ts'

/** A signal that cannot be read, and for how much longer that holds the idle clock. */
export interface Holding {
  readonly name: SignalName
  readonly evidence: string
  readonly leftMs: number
}

/** The unknown signals that still hold the idle clock, the longest first. Pure. */
export function holding(
  heldMs: Memory['heldMs'],
  { readings }: Pick<DecisionInput, 'readings'>,
  { unknownGraceMs }: Pick<AutostopSettings, 'unknownGraceMs'>,
): readonly Holding[] {
  return [...readings]
    .filter(([, { state }]) => state === 'unknown')
    .map(([name, { evidence }]) => ({ name, evidence, leftMs: unknownGraceMs - (heldMs.get(name) ?? 0) }))
    .filter(({ leftMs }) => leftMs > 0)
    .toSorted((one, other) => other.leftMs - one.leftMs)
}

/** The names of the signals that show use right now. Pure. */
export function activeNames({ readings }: Pick<DecisionInput, 'readings'>): readonly SignalName[] {
  return [...readings].filter(([, { state }]) => state === 'active').map(([name]) => name)
}
