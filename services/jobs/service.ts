import type { FastifyPluginAsync } from 'fastify'
import pRetry from 'p-retry'
import type { Registry } from 'prom-client'
import type { Service, ServiceContext } from '../../supervisor/service.ts'
import { forwardPoints } from './forward-points.ts'
import type { JobProgress } from './job-progress.ts'
import { type JobsDesk, jobsDesk } from './jobs-desk.ts'
import type { JobsOptions } from './options.ts'
import { type TrainerPort, trainerPort } from './trainer-run.ts'
import { watchJobs } from './watch-jobs.ts'

export type { JobsOptions } from './options.ts'

/** How others meet training jobs. */
export interface JobsPort {
  /** The last step that any job reported to this run of podmate; `atMs` is monotonic. Undefined: none was. */
  lastStep(): { readonly atMs: number; readonly jobId: string; readonly step: number } | undefined
  /** How far the training is that runs, if it says so: its first and last word, in monotonic ms and from 0 to 1. */
  progress(): (JobProgress & { readonly jobId: string }) | undefined
  readonly trainer: TrainerPort
}

export interface Jobs {
  readonly service: Service
  readonly port: JobsPort
  readonly routes: FastifyPluginAsync
  /** Adds the last numbers of training to the registry of /metrics. */
  metrics(registry: Registry): Promise<void>
}

/** Training jobs and their metrics: taken in, kept, shown, watched and forwarded. */
export function jobs(options: JobsOptions): Jobs {
  const desk = jobsDesk(options)
  return {
    service: { name: 'jobs', after: ['state'], stopTier: 'save', run: (ctx) => run(desk, ctx) },
    port: {
      lastStep: () => lastStep(desk),
      progress: () => progressOf(desk),
      trainer: trainerPort(options, desk.book, desk.run),
    },
    async routes(app) {
      // Loaded when they are asked for: sshd has the thread before.
      const { jobRoutes } = await import('./job-routes.ts')
      await app.register(jobRoutes(desk))
    },
    async metrics(registry) {
      // prom-client is loaded by the first scrape.
      const { addJobMetrics } = await import('./job-registry.ts')
      addJobMetrics(registry, () => desk.book.all)
    },
  }
}

async function run(desk: JobsDesk, ctx: ServiceContext): Promise<void> {
  const { remote } = desk.options
  desk.ctx = ctx
  try {
    await Promise.all([
      recover(desk, ctx),
      watchJobs(desk, ctx),
      remote ? forwardPoints(desk, remote, ctx) : undefined,
    ])
  } finally {
    desk.ctx = undefined
  }
}

/** Says of jobs that an earlier run of podmate left running that they have ended with it. */
async function recover({ options, timings, book }: JobsDesk, ctx: ServiceContext): Promise<void> {
  const { store, runId } = options
  try {
    const failLeft = async () => {
      const ids = await store.recover(runId, 'the pod ended')
      for (const id of ids) await book.refresh(id)
      return ids
    }
    const ids = await pRetry(failLeft, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: timings.watchMs,
      maxTimeout: 10_000,
      signal: ctx.stop,
      onFailedAttempt: ({ error }) => ctx.notReady(`jobs cannot be read: ${error.message}`),
    })
    ctx.ready()
    for (const id of ids) ctx.log.warn({ job: id }, 'a job ended with an earlier run of podmate')
  } catch (error) {
    if (!ctx.stop.aborted) throw error
  }
}

function lastStep({ book }: JobsDesk): ReturnType<JobsPort['lastStep']> {
  const reported = [...book.all].flatMap(({ job, last }) => (last ? [{ ...last, jobId: job.id }] : []))
  return reported.reduce<ReturnType<JobsPort['lastStep']>>(
    (newest, one) => (newest && newest.atMs >= one.atMs ? newest : one),
    undefined,
  )
}

/** The first minutes of a training say little about its pace. */
const paceMs = 300_000

/** Of several that run and have a pace, the one that spoke last. */
function progressOf({ book }: JobsDesk): ReturnType<JobsPort['progress']> {
  const running = [...book.all].flatMap(({ job, progress }) =>
    job.status === 'running' && progress && progress.last.atMs - progress.first.atMs >= paceMs
      ? [{ jobId: job.id, ...progress }]
      : [],
  )
  return running.sort((one, other) => other.last.atMs - one.last.atMs)[0]
}
