import type { AutostopSettings } from '../settings.ts'
import type { Reading } from '../signal.ts'
import type { DecisionInput } from './decision-input.ts'
import type { Memory } from './memory.ts'
import { activeNames, type Holding, holding } from './unknown-signals.ts'
import { type Elapsed, elapsed } from './unseen-time.ts'

/** A stamp so far ahead of the look is no activity but a clock that is wrong; less is one that came while reading. */
const aheadAtMostMs = 10_000

/**
 * Takes one look into the memory. Idle time is only what was seen to be idle: a gap without looks, and an unknown signal
 * within its grace, put the clock off by their length; activity puts it to the moment of the activity. Pure.
 */
export function advanceClock(memory: Memory, input: DecisionInput, settings: AutostopSettings): Memory {
  const { nowMs } = input
  const passed = elapsed(memory.lastLookMs, nowMs, settings)
  const active = activeNames(input)
  const started = nowMs >= clockStartMs(input, settings)
  const heldMs = new Map([...memory.heldMs].filter(([name]) => !active.includes(name)))
  const holders = started && active.length === 0 ? holding(heldMs, input, settings) : []
  for (const { name, leftMs } of holders)
    heldMs.set(name, settings.unknownGraceMs - Math.max(0, leftMs - passed.seenMs))
  const idleSinceMs = started ? idleSince(memory, input, settings, passed, holders) : nowMs
  const warnedMs = memory.warnedMs === undefined ? undefined : memory.warnedMs + passed.unseenMs
  return { lastLookMs: nowMs, started, idleSinceMs, heldMs, warnedMs }
}

/** When idle time begins to count: at the first ready, else when the grace of the boot is over. Pure. */
export function clockStartMs(
  { readyMs, bootMs }: Pick<DecisionInput, 'readyMs' | 'bootMs'>,
  { bootGraceMs }: Pick<AutostopSettings, 'bootGraceMs'>,
): number {
  return Math.min(readyMs ?? Number.POSITIVE_INFINITY, bootMs + bootGraceMs)
}

function idleSince(
  memory: Memory,
  input: DecisionInput,
  settings: AutostopSettings,
  { seenMs, unseenMs, outage }: Elapsed,
  holders: readonly Holding[],
): number {
  const { nowMs } = input
  const heldMs = Math.min(seenMs, holders[0]?.leftMs ?? 0)
  const before = outage ? nowMs : memory.idleSinceMs + unseenMs + heldMs
  const stamps = [...input.readings.values()].map((reading) => lastActivity(reading, nowMs))
  const from = memory.started ? before : Math.max(before, clockStartMs(input, settings))
  return Math.min(nowMs, Math.max(from, ...stamps))
}

function lastActivity({ state, lastActiveMs }: Reading, nowMs: number): number {
  if (state === 'active') return Math.min(nowMs, lastActiveMs ?? nowMs)
  if (lastActiveMs === undefined || lastActiveMs > nowMs + aheadAtMostMs) return Number.NEGATIVE_INFINITY
  return Math.min(nowMs, lastActiveMs)
}
