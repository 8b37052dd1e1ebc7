/** When a pod is to be stopped. All durations are 1000 ms or more, `countdownMs` and `unknownGraceMs` may be 0. */
export interface AutostopSettings {
  /** IDLE_TIMEOUT_SECONDS: so long nobody uses the pod before it is stopped. */
  readonly idleTimeoutMs: number
  /** IDLE_CHECK_INTERVAL_SECONDS: time between two looks at the signals. */
  readonly checkEveryMs: number
  /** IDLE_COUNTDOWN_SECONDS: so long before a stop it is announced. */
  readonly countdownMs: number
  /** UNKNOWN_GRACE_SECONDS: so long a signal that cannot be read holds an idle stop back. */
  readonly unknownGraceMs: number
  /** BOOT_GRACE_SECONDS: so long nothing stops a pod that booted with its budget, lifetime or job at an end. */
  readonly bootGraceMs: number
  /** MAX_LIFETIME_SECONDS; undefined: no limit. */
  readonly maxLifetimeMs: number | undefined
  /** BUDGET_USD; undefined: no limit. */
  readonly budgetUsd: number | undefined
}
