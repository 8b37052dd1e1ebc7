import type { AutostopSettings } from '../settings.ts'

/** The time since the last look, parted into what can be judged by this look and what nobody saw. */
export interface Elapsed {
  readonly seenMs: number
  readonly unseenMs: number
  /** Nobody looked for so long that nothing that was known before is worth anything. */
  readonly outage: boolean
}

/** Above this a pause of podmate is no mere stall. */
const outageMs = 5 * 60_000
/** How long reading the signals may take (5 s each, at the same time), and as much again on a busy machine. */
const readingMs = 10_000

/**
 * Judges the time between two looks. Of a gap much longer than the interval (a suspend, a stopped process, a blocked
 * machine) one interval counts as seen. Pure.
 */
export function elapsed(
  lastLookMs: number | undefined,
  nowMs: number,
  { checkEveryMs }: Pick<AutostopSettings, 'checkEveryMs'>,
): Elapsed {
  if (lastLookMs === undefined) return { seenMs: 0, unseenMs: 0, outage: true }
  const passedMs = nowMs - lastLookMs
  if (passedMs < 0) return { seenMs: 0, unseenMs: passedMs, outage: false }
  if (passedMs <= 2 * checkEveryMs + readingMs) return { seenMs: passedMs, unseenMs: 0, outage: false }
  const unseenMs = passedMs - checkEveryMs
  return { seenMs: checkEveryMs, unseenMs, outage: unseenMs > outageMs }
}
