import type { Job } from './job.ts'
import type { JobProgress } from './job-progress.ts'
import { type LossMemory, noLossYet } from './loss-watch.ts'

/** A job that this run of podmate has had to do with. */
export interface LiveJob {
  /** As it was last decided; what is counted from its points is as of when it was read. */
  job: Job
  /** Names of numbers that were reported. */
  readonly names: Set<string>
  loss: LossMemory
  /** The last report of this run of podmate, and when (monotonic milliseconds). */
  last: { readonly step: number; readonly atMs: number } | undefined
  /** How far it was, first and last; undefined: it does not say. */
  progress: JobProgress | undefined
  /** The last value of each number. */
  readonly numbers: Map<string, number>
  /** Since its run began. */
  points: number
  /** What of its points was told once. */
  readonly toldOf: Set<'continued' | 'replaced'>
  /** A stall was told. */
  isStalled: boolean
}

export function liveJob(job: Job): LiveJob {
  return {
    job,
    names: new Set(),
    loss: noLossYet,
    last: undefined,
    progress: undefined,
    numbers: new Map(),
    points: 0,
    toldOf: new Set(),
    isStalled: false,
  }
}
