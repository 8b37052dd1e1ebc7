const hourMs = 3_600_000
/** What may be done at once after a quiet time. */
const mostBurst = 4

/**
 * How long until the next commit may be made, so that in no hour there are more than `perHour`: a few at once, the others
 * at even distances. `times` are those of past commits, oldest first. Pure.
 */
export function commitWaitMs(times: readonly number[], nowMs: number, perHour: number): number {
  const burst = Math.max(1, Math.min(mostBurst, Math.floor(perHour / 4)))
  const perMs = Math.max(perHour - burst, 1) / hourMs
  let credit = burst
  let lastMs = Number.NEGATIVE_INFINITY
  const gain = (untilMs: number) => {
    if (untilMs > lastMs) credit = Math.min(burst, credit + (untilMs - lastMs) * perMs)
    lastMs = untilMs
  }
  for (const atMs of times) {
    gain(atMs)
    credit -= 1
  }
  gain(nowMs)
  return credit >= 1 ? 0 : Math.ceil((1 - credit) / perMs)
}

export interface Waiting {
  /** When the first change came that is not sent. */
  readonly firstMs: number
  /** When the last one came. */
  readonly lastMs: number
  readonly debounceMs: number
  readonly maxWaitMs: number
}

/** How long changes wait for others to go with them: until none came for a while, but not for ever. Pure. */
export function changeWaitMs({ firstMs, lastMs, debounceMs, maxWaitMs }: Waiting, nowMs: number): number {
  return Math.max(0, Math.min(lastMs + debounceMs, firstMs + maxWaitMs) - nowMs)
}

/** How long to leave a folder alone after a look that took so long: somebody who writes all the time costs 5 % of a core. Pure. */
export function gapMs(tookMs: number): number {
  return Math.min(5000, Math.max(250, 20 * tookMs))
}
