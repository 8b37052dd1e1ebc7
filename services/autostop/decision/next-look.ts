import type { Verdict } from './verdict.ts'

/** While a stop is near, people must see at once that they have called it off. */
const nearMs = 2000
const leastMs = 20

/** How long to wait until the next decision: no longer than the interval, and never past a moment at which it changes. Pure. */
export function nextLookMs(
  verdict: Verdict,
  nowMs: number,
  { checkEveryMs, countdownMs }: { readonly checkEveryMs: number; readonly countdownMs: number },
): number {
  if (verdict.kind === 'stopping') return Math.min(nearMs, checkEveryMs)
  const { stopsAtMs } = verdict
  if (stopsAtMs === undefined) return checkEveryMs
  const untilStopMs = stopsAtMs - nowMs
  const untilWarningMs = verdict.kind === 'countdown' ? nearMs : untilStopMs - countdownMs
  const dueMs = [untilStopMs, untilWarningMs].filter((ms) => ms > 0)
  return Math.max(leastMs, Math.min(checkEveryMs, ...dueMs))
}
