import { randomBytes, randomUUID } from 'node:crypto'
import type { Ending } from '../../supervisor/events.ts'
import { ended, type Job, newJob, started } from './job.ts'
import type { JobBook } from './job-book.ts'
import { jobName } from './job-name.ts'
import type { LiveJob } from './live-job.ts'
import { noLossYet } from './loss-watch.ts'
import type { JobsOptions } from './options.ts'
import { trainerEnd } from './trainer-end.ts'

/** What the trainer service tells the jobs, and is told by them. */
export interface TrainerPort {
  /** Begins a run of the command, and gives what its environment has beyond its own (undefined: has not). Never rejects. */
  begin(command: string): Promise<Readonly<Record<string, string | undefined>>>
  /** How that run ended. Never throws. */
  end(ending: Ending, by: { readonly stopped: boolean; readonly podStopping: boolean }): void
}

/** The run of the trainer that is under way. */
export interface TrainerRun {
  live: LiveJob | undefined
  stopReason: string | undefined
  gpuMemoryOut: boolean
}

const shownLines = 20
const gpuMemory =
  /CUDA out of memory|CUDA error: out of memory|torch\.OutOfMemoryError|OutOfMemoryError: CUDA|HIP out of memory/

/** Whether a line of a training's log says that the memory of the GPU was not enough. Pure. */
export function tellsGpuMemory(line: string): boolean {
  return gpuMemory.test(line)
}

/** The trainer's side of the jobs. `run` is kept up to date for whoever watches it. */
export function trainerPort(options: JobsOptions, book: JobBook, run: TrainerRun): TrainerPort {
  const { runId, pod, redact } = options
  return {
    async begin(command) {
      Object.assign(run, { live: undefined, stopReason: undefined, gpuMemoryOut: false })
      const checkpoint = await options.findCheckpoint()
      const shown = redact(command)
      const before = await jobToContinue(options, book, shown, checkpoint !== undefined)
      const job = before ?? jobFor(options, shown)
      const live = book.meet(job)
      Object.assign(live, { loss: noLossYet, last: undefined, points: 0, isStalled: false })
      options.hide(job.token)
      book.change(live, started(job, runId, Date.now()))
      run.live = live
      return environmentOf(options, live.job, checkpoint)
    },
    end(ending, by) {
      const { live } = run
      if (!live) return
      const lines = pod.logLines('trainer', shownLines).filter(({ stream }) => stream !== 'log')
      const known = {
        ...{
          stopReason: run.stopReason ?? (by.podStopping ? undefined : saidReason(pod)),
          gpuMemoryOut: run.gpuMemoryOut,
        },
        ...{ isStalled: live.isStalled, lastLines: lines.map(({ text }) => text) },
      }
      book.change(live, ended(live.job, trainerEnd({ ending, ...by, ...known }), Date.now()))
      run.live = undefined
    },
  }
}

/** Why it is being stopped, by whoever is not a user with podctl. */
function saidReason(pod: JobsOptions['pod']): string | undefined {
  const { state, reason } = pod.status().services.trainer ?? {}
  return state === 'stopping' && !reason?.startsWith('podctl') ? reason : undefined
}

/**
 * A run goes on with the job of an earlier run of the same command when there is a checkpoint to go on from and that
 * job was not completed; with a job that a control plane has made it always does. While the volume does not answer it is
 * a new one.
 */
async function jobToContinue(
  { store, given }: JobsOptions,
  book: JobBook,
  command: string,
  hasCheckpoint: boolean,
): Promise<Job | undefined> {
  try {
    if (given.jobId !== undefined) {
      const made = (await book.find(given.jobId))?.job
      return made && { ...made, token: given.token ?? made.token, source: 'trainer', command }
    }
    if (!hasCheckpoint) return undefined
    const last = (await store.list(50)).find(({ source }) => source === 'trainer')
    if (last?.command !== command || last.status === 'completed') return undefined
    return (await book.find(last.id))?.job // what is not on disk yet is newer
  } catch {
    return undefined // told by the state service
  }
}

function jobFor({ given, runId }: JobsOptions, command: string): Job {
  const id = given.jobId ?? randomUUID()
  const token = given.token ?? randomBytes(24).toString('base64url')
  return newJob({ id, name: jobName(command), token, source: 'trainer', command, runId }, Date.now())
}

function environmentOf(
  { localUrl }: JobsOptions,
  { id, token }: Job,
  checkpoint: string | undefined,
): Readonly<Record<string, string | undefined>> {
  const url = localUrl()
  return {
    JOB_ID: id,
    JOB_TOKEN: token,
    // Without a listener of ours it reports to whom the user named.
    ...(url === undefined ? {} : { METRICS_API_URL: `${url}/api/training/jobs` }),
    RESUME_CHECKPOINT: checkpoint,
  }
}
