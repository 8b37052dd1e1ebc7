import type { JournalEntry } from '../stop/stop-progress.ts'
import type { AutostopState } from '../watch/autostop-state.ts'

/** A promise of the user to need the pod. */
export interface Hold {
  /** Epoch milliseconds; it ends by itself. */
  readonly untilMs: number
  /** In the words of the user; empty: none were given. */
  readonly why: string
}

/** What the pod has cost, and will. What is undefined is not known, or not set. */
export interface Cost {
  readonly spentUsd: number | undefined
  readonly rateUsdPerHour: number | undefined
  /** Where the rate is from: `POD_COST_PER_HR`, `RunPod`, `last known rate`. */
  readonly rateSource: string | undefined
  readonly budgetUsd: number | undefined
  /** Epoch milliseconds at which the budget will be spent at this rate. */
  readonly budgetEndsAt: number | undefined
  /** What the next 24 hours will cost if nothing stops the pod. */
  readonly projectedUsd24h: number | undefined
  /** Why no budget can be kept, or not exactly, with the remedy. */
  readonly problem: string | undefined
}

/** Everything there is to tell at one moment. */
export interface AutostopStanding {
  /** Why nothing stops this pod by itself; undefined when something does. */
  readonly off: string | undefined
  /** Why no stop call can ever work here, with the remedy, in sentences. */
  readonly cannotStop: string | undefined
  /** Undefined before the first decision, and when it is off. */
  readonly state: AutostopState | undefined
  readonly hold: Hold | undefined
  readonly cost: Cost | undefined
}

/** What the routes, the metrics and the status need of the service. */
export interface AutostopDesk {
  standing(): AutostopStanding
  /** Looks who uses the pod, now and not at the next time; settles when that is done, or 6 s are over. Never rejects. */
  look(): Promise<void>
  /** Oldest first. Rejects with a PodError while the volume does not answer. */
  journal(): Promise<readonly JournalEntry[]>
  /** Nothing but the budget and MAX_LIFETIME_SECONDS stops the pod meanwhile; a hold that is there is never cut. */
  hold(seconds: number, why: string): Promise<void>
  /** Stops the pod, which others are told of shortly before; ends a hold. Whoever holds it after that keeps it. */
  stop(why: string): Promise<void>
  /** Ends the hold, if there is one. Idleness begins now, not before the hold. */
  release(): Promise<void>
}
