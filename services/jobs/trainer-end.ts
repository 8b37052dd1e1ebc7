import type { Ending } from '../../supervisor/events.ts'
import type { JobEnd } from './job.ts'

/** How a run of the trainer ended, and what was known of it. */
export interface TrainerEnd {
  readonly ending: Ending
  /** We stopped it. */
  readonly stopped: boolean
  readonly podStopping: boolean
  /** Why we stopped it, where somebody said so. */
  readonly stopReason: string | undefined
  /** No step had come for long. */
  readonly isStalled: boolean
  /** Its log said that the memory of the GPU was not enough. */
  readonly gpuMemoryOut: boolean
  readonly lastLines: readonly string[]
}

/** 128 + INT, 128 + TERM: what a program that was asked to end answers by custom. */
const askedToEnd: readonly (number | null)[] = [130, 143]
const errorCharacters = 4000

/** What the end of a run means for its job. Pure. */
export function trainerEnd(end: TrainerEnd): JobEnd {
  const { exitCode, signal, ok, reason } = end.ending
  const found = { exitCode, signal, error: null }
  if (end.stopped) return { ...found, status: 'cancelled', reason: whyStopped(end) }
  if (ok) return { ...found, status: 'completed', reason: null }
  if (signal === 'SIGTERM' || signal === 'SIGINT' || askedToEnd.includes(exitCode))
    return { ...found, status: 'cancelled', reason: 'killed by user' }
  const oom = reason === 'oom' || end.gpuMemoryOut
  const error = end.lastLines.join('\n').slice(-errorCharacters)
  return { ...found, status: 'failed', reason: oom ? 'oom' : reason, error: error === '' ? null : error }
}

function whyStopped({ stopReason, podStopping, isStalled }: TrainerEnd): string {
  if (stopReason !== undefined) return stopReason
  if (podStopping) return 'the pod was stopped'
  return isStalled ? 'stalled' : 'killed by user'
}
