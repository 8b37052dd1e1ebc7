/** Times of the Hub's client, in ms; parameters, so that a test can run at 1/100 scale. */
export interface HubTiming {
  /** How often a request is tried in all. */
  readonly tries: number
  /** Longest pause before the second try; it doubles with each. */
  readonly firstPauseMs: number
  readonly longestPauseMs: number
  /** A Hub that wants to be left alone for longer than this is not waited for here. */
  readonly patienceMs: number
  /** How long a request may stand still: no byte sent, no answer. */
  readonly stallMs: number
}

export const usualTiming: HubTiming = {
  tries: 6,
  firstPauseMs: 1000,
  longestPauseMs: 30_000,
  patienceMs: 60_000,
  stallMs: 120_000,
}

/** How long the headers of an answer ask to wait, in ms: `RateLimit` with nothing left, or `Retry-After`. Pure. */
export function askedDelay(headers: Headers, nowMs: number): number | undefined {
  const limit = /(?:^|;)\s*r\s*=\s*0\s*(?:;.*)?;\s*t\s*=\s*(\d+)/.exec(headers.get('ratelimit') ?? '')
  // One second more, for the window ends within the second that `t` counts down to.
  if (limit) return (Number(limit[1]) + 1) * 1000
  const after = headers.get('retry-after')?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(after)) return Number(after) * 1000
  const dateMs = Date.parse(after)
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs)
}

/**
 * How long to wait before try number `next` (2 is the first that waits): somewhere between nothing and the doubled
 * pause (full jitter), on top of what the Hub asked for. `random` is in [0, 1). Pure.
 */
export function retryDelay(
  next: number,
  askedMs: number | undefined,
  { firstPauseMs, longestPauseMs }: HubTiming,
  random: number,
): number {
  if (askedMs !== undefined) return askedMs + random * firstPauseMs
  return random * Math.min(longestPauseMs, firstPauseMs * 2 ** (next - 2))
}
