import type { StopCause, Verdict } from '../decision/verdict.ts'
import { durationText } from '../duration-text.ts'
import type { JournalEntry } from '../stop/stop-progress.ts'

/** What everybody is told because the verdict has changed. */
export interface Announcement {
  readonly event: Extract<JournalEntry['event'], 'countdown' | 'cancelled' | 'late-boot'>
  readonly level: 'info' | 'warn'
  readonly because: StopCause | undefined
  readonly text: string
}

export interface AnnouncementMoments {
  /** Monotonic, as all here. */
  readonly nowMs: number
  /** Until when a pod that booted at the end of its budget, its lifetime or its job is left to its owner. */
  readonly graceEndsMs: number
}

/** The clock of the boot is read anew at each look. */
const sameMs = 1500

/** What there is to tell when `before` has become `now`; a late boot at every look. Pure. */
export function announcement(
  before: Verdict | undefined,
  now: Verdict,
  { nowMs, graceEndsMs }: AnnouncementMoments,
): Announcement | undefined {
  const because = now.cause
  if (now.kind === 'countdown') {
    if (before?.kind === 'countdown' && before.cause === because) return undefined
    const left = durationText(now.stopsAtMs - nowMs)
    const text = `The pod stops in ${left}. ${sentences(now)}${remedy(now.cause)}`
    return { event: 'countdown', level: 'warn', because, text }
  }
  if (now.kind === 'stopping') return undefined
  if (before?.kind === 'countdown') {
    const text = `The pod goes on: the stop is called off. ${sentences(now)}`
    return { event: 'cancelled', level: 'info', because: before.cause, text }
  }
  const waitsForGrace = graceEndsMs > nowMs && Math.abs((now.stopsAtMs ?? 0) - graceEndsMs) < sameMs
  if (because === undefined || because === 'idle' || !waitsForGrace) return undefined
  return { event: 'late-boot', level: 'warn', because, text: sentences(now) }
}

const sentences = (verdict: Verdict) => verdict.because.join(' ')

function remedy(cause: StopCause): string {
  if (cause === 'idle' || cause === 'finished')
    return ' Whoever uses it now keeps it, and so does `podctl hold 1h`.'
  if (cause === 'asked') return ' Save what you need; `podctl hold 1h` calls it off.'
  return ' Save what you need: neither use nor a hold puts it off.'
}
