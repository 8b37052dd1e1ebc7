/** What happened to one batch on a host. */
export interface BatchFacts {
  /** Rows that were asked together. */
  readonly size: number
  /** For each row: from the question to its departure to a host. */
  readonly queueMs: readonly number[]
  /** What the host took to compute it. */
  readonly computeMs: number
}

/** Hears of every batch; metrics are made from it. */
export interface InferenceObserver {
  onBatch(facts: BatchFacts): void
}
