import type { CommandResult } from '../../../supervisor/pod.ts'
import type { EventLevel } from '../../../supervisor/service.ts'
import type { StopCause } from '../decision/verdict.ts'
import type { AutostopAction, AutostopVerb } from '../watch/autostop-state.ts'
import type { StopStep } from './stop-progress.ts'

/** What came of one climb of the ladder of stop calls. */
export type StopAnswer =
  | { readonly stopped: true; readonly how: string }
  | { readonly stopped: false; readonly problem: string; readonly retryAfterMs?: number }

/** The way to stop this pod from inside. Neither call rejects. */
export interface Stopper {
  /** Why it can never work here, such as a missing key, with the remedy; no call is then made. */
  readonly impossible: string | undefined
  stop(verb: AutostopVerb, signal: AbortSignal): Promise<StopAnswer>
  /** What the API says of the pod now; undefined: nothing that could be understood. */
  standing(signal: AbortSignal): Promise<'running' | 'stopped' | undefined>
}

/** What a flush has not made safe. `reason` is there when something is left. */
export interface Left {
  readonly left: readonly string[]
  readonly leftFiles: number
  readonly reason?: string
}

export interface KeptHere {
  readonly refusedFiles: number
  readonly unmatchedFiles: number
  /** Some of those that no pattern names, by their paths. */
  readonly unmatched: readonly string[]
  /** Some of those that refer to a file which is not there. */
  readonly partsMissing: readonly Kept[]
  /** Some of what could not be looked at: it may hold anything. */
  readonly unreadable: readonly Kept[]
}

interface Kept {
  readonly path: string
  readonly reason: string
}

/** A folder of artifacts: `container` is lost when the pod stops, `volume` is kept. */
export interface ArtifactFolder {
  readonly path: string
  readonly place: 'absent' | 'container' | 'volume'
  readonly hasFiles: boolean
}

export interface SavePort {
  /** Uploads what can be uploaded within the time. Rejects when nothing is uploaded here. */
  flush(deadlineMs: number): Promise<Left>
  /** What no upload makes safe: a file that holds a token, that no pattern names, that is without a part, that cannot be read. */
  keptHere(): KeptHere
  /** Rejects when a disk does not answer. */
  folders(): Promise<readonly ArtifactFolder[]>
}

export interface TrainerPort {
  /** Whether one runs, or is about to. */
  runs(): boolean
  stop(reason: string): Promise<CommandResult>
  /** Starts it again, from its newest checkpoint. */
  start(): Promise<CommandResult>
}

/** Every wait of a stop, in milliseconds. */
export interface StopTimings {
  /** Between two stop calls. */
  readonly retry: { readonly firstMs: number; readonly capMs: number }
  /** After a stop call that was taken, the pod may still be there so long. */
  readonly confirmMs: number
  readonly confirmEveryMs: number
  /** The same when RunPod says that it has stopped. */
  readonly stoppedMs: number
  /** After so long without a stop, the trainer that was ended for it is started again. */
  readonly trainAgainMs: number
  /** So long files that a stop would delete hold it back. */
  readonly unsafeMs: number
  readonly unsafeEveryMs: number
  readonly flushDeadlineMs: number
  /** A stop that goes on failing is told about again. */
  readonly tellAgainMs: number
}

export const stopTimings: Omit<StopTimings, 'flushDeadlineMs'> = {
  retry: { firstMs: 5000, capMs: 300_000 },
  confirmMs: 60_000,
  confirmEveryMs: 5000,
  stoppedMs: 600_000,
  trainAgainMs: 600_000,
  unsafeMs: 3_600_000,
  unsafeEveryMs: 15_000,
  tellAgainMs: 3_600_000,
}

export interface StopOrder {
  readonly cause: StopCause
  readonly verb: AutostopVerb
  /** Why, in a sentence. */
  readonly text: string
}

/** More about a step, for the progress of the stop. */
export interface StepNews {
  readonly attempts?: number
  readonly problem?: string | undefined
  readonly nextTryAt?: number | undefined
}

/** What a stop works with. */
export interface StopTools {
  readonly action: Exclude<AutostopAction, 'none'>
  /** AUTOSTOP_TERMINATE_UNSYNCED. */
  readonly terminateUnsynced: boolean
  readonly timings: StopTimings
  readonly stopper: Stopper
  readonly save: SavePort
  readonly trainer: TrainerPort
  random(): number
  /** Shows, logs and keeps what happens now. */
  step(step: StopStep, text: string, news?: StepNews): void
  /** Tells everybody, once. */
  tell(level: EventLevel, text: string): void
  /** Tells whoever sits at a terminal. */
  tellTerminals(text: string): void
  /** The stop that was taken is kept in the journal. */
  keepOutcome(event: 'stopped' | 'refused', text: string): void
  /** Ends podmate in order. */
  shutdown(reason: string): void
}
