import type { JsonObject } from '../../supervisor/service.ts'

export const jobStatuses = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const
export type JobStatus = (typeof jobStatuses)[number]

/** What is decided about a training job. Times are epoch milliseconds. */
export interface SavedJob {
  readonly id: string
  readonly name: string
  readonly status: JobStatus
  /** What its metrics must show to be taken. */
  readonly token: string
  /** Who runs it: the trainer service, or somebody by hand. */
  readonly source: 'trainer' | 'hand'
  readonly command: string | null
  readonly exitCode: number | null
  readonly signal: string | null
  readonly reason: string | null
  /** The last lines of a run that failed. */
  readonly error: string | null
  readonly attempts: number
  /** The run of podmate that last had to do with it; before a slash the start of the container that it was in. */
  readonly runId: string
  readonly createdAt: number
  readonly startedAt: number | null
  readonly endedAt: number | null
}

/** With what is counted from its points. */
export interface Job extends SavedJob {
  readonly lastStep: number | null
  readonly lastLoss: number | null
  readonly progress: number | null
  readonly totalPoints: number
}

/** Whether what ran in one run of podmate may still be there in the other: the container has not ended between them. Pure. */
export function isSameContainer(one: string, other: string): boolean {
  const end = one.indexOf('/') + 1
  return one === other || (end > 0 && other.startsWith(one.slice(0, end)))
}

/** How a run of a job ended. */
export interface JobEnd extends Pick<SavedJob, 'status' | 'exitCode' | 'signal' | 'reason' | 'error'> {}

/** A job that nothing has been reported of yet. */
export function newJob(
  given: Pick<SavedJob, 'id' | 'name' | 'token' | 'source' | 'command' | 'runId'>,
  nowMs: number,
): Job {
  return {
    ...given,
    ...{ status: 'pending', exitCode: null, signal: null, reason: null, error: null, attempts: 0 },
    ...{ createdAt: nowMs, startedAt: null, endedAt: null },
    ...{ lastStep: null, lastLoss: null, progress: null, totalPoints: 0 },
  }
}

/** The job, running (again). Pure. */
export function started<Kind extends SavedJob>(job: Kind, runId: string, nowMs: number): Kind {
  const cleared = { exitCode: null, signal: null, reason: null, error: null, endedAt: null }
  const attempts = job.attempts + 1
  return { ...job, ...cleared, status: 'running', attempts, runId, startedAt: job.startedAt ?? nowMs }
}

/** The job after the end of its run. Pure. */
export function ended<Kind extends SavedJob>(job: Kind, end: JobEnd, nowMs: number): Kind {
  return { ...job, ...end, endedAt: nowMs }
}

/** The job with what was counted from its points when `kept` was read. Pure. */
export function withCounts(job: Job, { lastStep, lastLoss, progress, totalPoints }: Job): Job {
  return { ...job, lastStep, lastLoss, progress, totalPoints }
}

/** What is told of a job: everything but its token. Pure. */
export function jobView(job: Job): JsonObject {
  return {
    id: job.id,
    status: job.status,
    name: job.name,
    source: job.source,
    command: job.command,
    created_at: job.createdAt,
    started_at: job.startedAt,
    ended_at: job.endedAt,
    exit_code: job.exitCode,
    signal: job.signal,
    reason: job.reason,
    error: job.error,
    attempts: job.attempts,
    last_step: job.lastStep,
    last_loss: job.lastLoss,
    progress: job.progress,
    total_points: job.totalPoints,
  }
}
