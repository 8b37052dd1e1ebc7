export interface RetryTimings {
  readonly firstMs: number
  readonly capMs: number
}

/**
 * How long to wait after a stop call that failed: doubling from `firstMs` to `capMs`, the upper half of it by chance
 * (`random`: 0 to 1), and never less than the other side asked for. `failures` from 1. Pure.
 */
export function retryDelayMs(
  failures: number,
  { firstMs, capMs }: RetryTimings,
  random: number,
  retryAfterMs = 0,
): number {
  const fullMs = Math.min(capMs, firstMs * 2 ** Math.min(failures - 1, 30))
  return Math.max(retryAfterMs, fullMs * (0.5 + random / 2))
}
