import type { JsonObject } from '../../../supervisor/service.ts'
import type { StopCause } from '../decision/verdict.ts'

/** What happens between the decision to stop and the end of the container, in this order. */
export const stopSteps = ['warn', 'trainer', 'flush', 'verify', 'stop', 'confirm', 'retry'] as const
export type StopStep = (typeof stopSteps)[number]

/** How far a stop is. Times are epoch milliseconds. */
export interface StopProgress {
  readonly because: StopCause
  readonly step: StopStep
  /** What happens now, in a sentence. */
  readonly text: string
  /** Stop calls so far. */
  readonly attempts: number
  /** Why the pod still runs, in words; undefined as long as nothing went wrong. */
  readonly problem: string | undefined
  readonly nextTryAt: number | undefined
}

/** Why the pod stopped the last time. `outside`: podmate was told to end, by whom it does not know. */
export interface LastStop {
  /** Epoch milliseconds. */
  readonly at: number
  readonly because: StopCause | 'outside'
  readonly text: string
}

/** What a line of `autostop.jsonl` tells. */
export const journalEvents = [
  'started',
  /** It booted with its budget, its lifetime or its job at an end. */
  'late-boot',
  'countdown',
  'cancelled',
  'dry-run',
  'step',
  /** A stop call begins: the last thing that is written when it works at once. */
  'calling',
  'stopped',
  'refused',
  'told-to-end',
] as const

/** A line of `autostop.jsonl`. `at`: epoch milliseconds; `because`: the cause of a stop. */
export type JournalEntry = JsonObject & {
  readonly at: number
  readonly event: (typeof journalEvents)[number]
  readonly text: string
}
