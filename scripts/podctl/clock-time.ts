import { since } from './since.ts'

/** A moment as `2026-11-22 12:50 UTC`. Pure. */
export function clockTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** What was asked for a moment ago is told as it was asked for. */
const roundedMs = 1000

/** A moment that comes, with how long that is: `2026-11-22 12:50 UTC (in 50 m)`. Pure. */
export function comingTime(ms: number, now: number): string {
  return `${clockTime(ms)} (${ms > now ? `in ${since(now, ms + roundedMs)}` : 'now'})`
}
