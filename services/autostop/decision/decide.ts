import type { AutostopSettings } from '../settings.ts'
import type { DecisionInput } from './decision-input.ts'
import { type Due, dues } from './dues.ts'
import { explain } from './explain.ts'
import { advanceClock } from './idle-clock.ts'
import type { Memory } from './memory.ts'
import { activeNames, holding } from './unknown-signals.ts'
import type { Verdict } from './verdict.ts'

/** What a look came to. */
export interface Decision {
  /** For the next look. */
  readonly memory: Memory
  readonly verdict: Verdict
}

/**
 * Judges one look at the pod: whether it goes on running, is counted down, or is to be stopped now, and why. Nothing is
 * stopped without a countdown before it. Pure.
 */
export function decide(memory: Memory, input: DecisionInput, settings: AutostopSettings): Decision {
  const clock = advanceClock(memory, input, settings)
  const all = dues(clock, input, settings)
  const first = all[0]
  if (!first || !isNear(first, clock, input, settings)) {
    const verdict: Verdict = {
      kind: 'running',
      because: explain(clock, input, settings, all),
      stopsAtMs: first?.atMs,
      cause: first?.cause,
    }
    return { memory: { ...clock, warnedMs: undefined }, verdict }
  }
  const warnedMs = clock.warnedMs ?? input.nowMs
  // A limit that is met all of a sudden is announced for as long as any other.
  const stopsAtMs = Math.max(first.atMs, warnedMs + noticeMs(first, settings))
  const late = all.map((due) => ({ ...due, atMs: Math.max(due.atMs, stopsAtMs) }))
  const because = explain(clock, input, settings, late)
  const { cause } = first
  const verdict: Verdict =
    input.nowMs >= stopsAtMs
      ? { kind: 'stopping', because, cause }
      : { kind: 'countdown', because, stopsAtMs, cause }
  return { memory: { ...clock, warnedMs }, verdict }
}

function isNear(due: Due, memory: Memory, input: DecisionInput, settings: AutostopSettings): boolean {
  if (due.atMs - input.nowMs <= noticeMs(due, settings)) return true
  // An unknown signal makes a countdown wait, it does not end it: one that flickers would announce it over and over.
  const waits = due.cause === 'idle' || due.cause === 'finished'
  const isHeld = activeNames(input).length === 0 && holding(memory.heldMs, input, settings).length > 0
  return waits && isHeld && memory.warnedMs !== undefined
}

/** Time to take one's word back, and for others to save what they have open. */
const askedNoticeMs = 10_000

/** How long before the stop it is announced: never longer than the pod may be idle. */
function noticeMs({ cause }: Due, { countdownMs, idleTimeoutMs }: AutostopSettings): number {
  if (cause === 'asked') return Math.min(countdownMs, askedNoticeMs)
  return cause === 'idle' ? Math.min(countdownMs, idleTimeoutMs) : countdownMs
}
