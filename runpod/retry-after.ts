const longestMs = 3_600_000

/** How long the headers of an answer ask to wait, in ms, at most an hour: `Retry-After`, or `RateLimit` with nothing left. Pure. */
export function askedDelayMs(headers: Headers, nowMs: number): number | undefined {
  const asked = fromRetryAfter(headers.get('retry-after')?.trim() ?? '', nowMs) ?? fromRateLimit(headers)
  return asked === undefined ? undefined : Math.min(longestMs, asked)
}

function fromRetryAfter(after: string, nowMs: number): number | undefined {
  if (/^\d+(\.\d+)?$/.test(after)) return Number(after) * 1000
  // Date.parse takes almost anything with a number in it for a date.
  const dateMs = /^[a-z]{3},/i.test(after) ? Date.parse(after) : Number.NaN
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs)
}

/** `"minute";r=0;t=12, "hour";r=5;t=900`: the longest of the windows that are used up. */
function fromRateLimit(headers: Headers): number | undefined {
  const windows = (headers.get('ratelimit') ?? '').split(',')
  const used = windows.filter((window) => /;\s*r\s*=\s*0\s*(;|$)/.test(window))
  const seconds = used.flatMap((window) => /;\s*t\s*=\s*(\d+)/.exec(window)?.[1] ?? [])
  return seconds.length === 0 ? undefined : Math.max(...seconds.map(Number)) * 1000
}
