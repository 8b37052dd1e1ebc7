import type { Verdict } from '../decision/verdict.ts'
import type { AutostopSettings } from '../settings.ts'
import type { Reading, SignalName } from '../signal.ts'
import type { LastStop, StopProgress } from '../stop/stop-progress.ts'

export type AutostopAction = 'runpod_api' | 'exit' | 'none'
export type AutostopVerb = 'stop' | 'terminate'

/** All that autostop knows at one moment: what its view, its routes and its metrics are made from. */
export interface AutostopState {
  /** The moment of the last decision: monotonic, and the same one on the wall clock. */
  readonly nowMs: number
  readonly wallMs: number
  readonly settings: AutostopSettings
  readonly action: AutostopAction
  readonly verb: AutostopVerb
  /** While a stop is under way: the verdict that began it. */
  readonly verdict: Verdict
  /** How long nobody has used the pod. */
  readonly idleForMs: number
  readonly readings: ReadonlyMap<SignalName, Reading>
  /** Monotonic; undefined: MAX_LIFETIME_SECONDS is not set. */
  readonly lifetimeEndsMs: number | undefined
  readonly stop: StopProgress | undefined
  readonly lastStop: LastStop | undefined
  /** What keeps the pod from stopping itself as it should, known before it has to: no key, no pod id. */
  readonly problems: readonly string[]
}
