/** Every wait of the supervisor, in milliseconds: a parameter, so that a test can run at 1/100 scale. */
export interface Timings {
  /** Restart delay after the first failure; doubles with each further one. */
  readonly backoffFirstMs: number
  readonly backoffCapMs: number
  /** Share by which a delay is varied at random, both ways. */
  readonly jitter: number
  /** A run this long without an end makes the next delay the first one again. */
  readonly healthyMs: number
  /** This many ends within `crashWindowMs` are a crash loop, retried every `crashRetryMs`. */
  readonly crashExits: number
  readonly crashWindowMs: number
  readonly crashRetryMs: number
  /** How long a follower waits for a lead named in `after`. */
  readonly leadMs: number
  /** From `stop` to `kill` when one service is stopped by command. */
  readonly stopGraceMs: number
  /** From `kill` until a run is given up on and named. */
  readonly killWaitMs: number
  /** From the first signal to the end of everything. */
  readonly shutdownBudgetMs: number
  /** A second TERM or INT within this time of the first is the same request. */
  readonly sameSignalMs: number
  readonly probePeriodMs: number
  readonly probeTimeoutMs: number
  /** Pause between probes until the first success. */
  readonly probeStartMs: number
  readonly probeFailures: number
}

export const defaultTimings: Timings = {
  backoffFirstMs: 1000,
  backoffCapMs: 60_000,
  jitter: 0.25,
  healthyMs: 60_000,
  crashExits: 8,
  crashWindowMs: 600_000,
  crashRetryMs: 300_000,
  leadMs: 30_000,
  stopGraceMs: 10_000,
  killWaitMs: 2000,
  shutdownBudgetMs: 8000,
  sameSignalMs: 1000,
  probePeriodMs: 10_000,
  probeTimeoutMs: 1000,
  probeStartMs: 250,
  probeFailures: 3,
}

/** The same timings, every duration divided by `factor`: for tests that run at 1/100 scale. */
export function scaled(timings: Timings, factor: number): Timings {
  const { jitter, crashExits, probeFailures } = timings
  const entries = Object.entries(timings).map(([name, value]) => [name, value / factor])
  return { ...(Object.fromEntries(entries) as Timings), jitter, crashExits, probeFailures } // same keys as went in
}
