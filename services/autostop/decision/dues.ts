import type { AutostopSettings } from '../settings.ts'
import type { DecisionInput } from './decision-input.ts'
import { clockStartMs } from './idle-clock.ts'
import { graceEndsMs, isMostlyUsed, spentBeforeBoot } from './late-boot.ts'
import type { Memory } from './memory.ts'
import { activeNames, holding } from './unknown-signals.ts'
import type { StopCause } from './verdict.ts'

/** A reason to stop, and the monotonic moment at which it does if nothing changes. */
export interface Due {
  readonly cause: StopCause
  readonly atMs: number
  /** It was so when the pod booted, so it waits for the grace of the boot. */
  readonly waitsForGrace: boolean
}

const hourMs = 3_600_000

/** Every reason to stop that applies, the first to come first. Activity and holds take away the soft ones. Pure. */
export function dues(memory: Memory, input: DecisionInput, settings: AutostopSettings): readonly Due[] {
  const soft =
    activeNames(input).length > 0
      ? []
      : [idleDue(memory, input, settings), finishedDue(memory, input, settings)]
  return (
    [askedDue(input), budgetDue(input, settings), lifetimeDue(input, settings), ...soft]
      .filter((due) => due !== undefined)
      // A timeout that is infinite is none.
      .filter(({ atMs }) => Number.isFinite(atMs))
      .toSorted((one, other) => one.atMs - other.atMs)
  )
}

function askedDue({ asked }: DecisionInput): Due | undefined {
  return asked && { cause: 'asked', atMs: asked.atMs, waitsForGrace: false }
}

function idleDue(memory: Memory, input: DecisionInput, settings: AutostopSettings): Due {
  const fromMs = memory.started ? memory.idleSinceMs : clockStartMs(input, settings)
  const heldMs = holdLeftMs(memory, input, settings)
  return { cause: 'idle', atMs: fromMs + settings.idleTimeoutMs + heldMs, waitsForGrace: false }
}

function finishedDue(memory: Memory, input: DecisionInput, settings: AutostopSettings): Due | undefined {
  const { finished, bootMs, nowMs } = input
  if (!finished) return undefined
  const heldMs = holdLeftMs(memory, input, settings)
  const atMs = heldMs > 0 ? Math.max(finished.stopsAtMs, nowMs + heldMs) : finished.stopsAtMs
  return afterGrace('finished', atMs, finished.atMs <= bootMs, input, settings)
}

function lifetimeDue(input: DecisionInput, settings: AutostopSettings): Due | undefined {
  const { maxLifetimeMs } = settings
  if (maxLifetimeMs === undefined) return undefined
  const { nowMs, bootMs, lifetimeMs } = input
  const isLate = isMostlyUsed(lifetimeMs - (nowMs - bootMs), maxLifetimeMs)
  return afterGrace('lifetime', nowMs + maxLifetimeMs - lifetimeMs, isLate, input, settings)
}

function budgetDue(input: DecisionInput, settings: AutostopSettings): Due | undefined {
  const { budgetUsd } = settings
  const { spent, nowMs } = input
  if (budgetUsd === undefined || !spent) return undefined
  const leftMs = spent.usd >= budgetUsd ? 0 : ((budgetUsd - spent.usd) / (spent.rate ?? 0)) * hourMs
  if (leftMs === Number.POSITIVE_INFINITY) return undefined
  const isLate = isMostlyUsed(spentBeforeBoot(spent, input), budgetUsd)
  return afterGrace('budget', nowMs + leftMs, isLate, input, settings)
}

function afterGrace(
  cause: StopCause,
  atMs: number,
  isLate: boolean,
  input: DecisionInput,
  settings: AutostopSettings,
): Due {
  const untilMs = graceEndsMs(input, settings)
  const waitsForGrace = isLate && atMs < untilMs
  return { cause, atMs: waitsForGrace ? untilMs : atMs, waitsForGrace }
}

function holdLeftMs(memory: Memory, input: DecisionInput, settings: AutostopSettings): number {
  return holding(memory.heldMs, input, settings)[0]?.leftMs ?? 0
}
