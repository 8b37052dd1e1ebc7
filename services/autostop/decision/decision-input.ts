import type { Reading, SignalName } from '../signal.ts'

/** Everything a decision looks at besides its settings. Times are monotonic milliseconds (`monotonicMs`). */
export interface DecisionInput {
  readonly nowMs: number
  /** When podmate started. */
  readonly bootMs: number
  /** First ready of any service that is not podmate's own plumbing; of them all, where no other is enabled. */
  readonly readyMs: number | undefined
  /** The signals that exist here. */
  readonly readings: ReadonlyMap<SignalName, Reading>
  /** Undefined: no rate is known, so no budget can be kept. `rate`: USD per hour. */
  readonly spent: { readonly usd: number; readonly rate: number | undefined } | undefined
  /** The end of the training asks for a stop. `text`: a sentence that says so. */
  readonly finished: { readonly atMs: number; readonly stopsAtMs: number; readonly text: string } | undefined
  /** Somebody asked for a stop. `text`: a sentence that says so. */
  readonly asked: { readonly atMs: number; readonly text: string } | undefined
  /** Age of this boot of the pod, for MAX_LIFETIME_SECONDS; longer than podmate runs when it was started again. */
  readonly lifetimeMs: number
}
