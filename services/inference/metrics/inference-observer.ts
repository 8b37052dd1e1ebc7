/** What happened to one batch on a host. */
export interface BatchFacts {
  /** Rows that were asked together. */
  readonly size: number
  /** For each row: from the question to its departure to a host. */
  readonly queueMs: readonly number[]
  /** What the host took to compute it. */
  readonly computeMs: number
}

/** Hears of what hosts do; metrics are made from it. */
export interface InferenceObserver {
  onBatch(facts: BatchFacts): void
  /** A host of several ended and another one takes its place; the end of an only host is the end of the service's run. */
  onHostReplaced?(): void
}
