import type { ServiceContext } from '../../supervisor/service.ts'
import { groupCommit } from './group-commit.ts'
import { JobBook } from './job-book.ts'
import type { LiveJob } from './live-job.ts'
import { type JobsOptions, type JobsTimings, jobsTimings } from './options.ts'
import type { PointTaking } from './take-points.ts'
import type { TrainerRun } from './trainer-run.ts'

/** How far metrics are with a control plane elsewhere. */
export interface Forwarding {
  problem: string | undefined
  /** Points that it refused for good. */
  refused: number
}

/** What the service, its routes and its ports share. It outlives the runs of the service. */
export interface JobsDesk {
  readonly options: JobsOptions
  readonly timings: JobsTimings
  readonly book: JobBook
  readonly taking: PointTaking
  readonly run: TrainerRun
  readonly forwarding: Forwarding
  /** The run of the service, while there is one. */
  ctx: Pick<ServiceContext, 'notice' | 'log'> | undefined
}

export function jobsDesk(options: JobsOptions): JobsDesk {
  const book = new JobBook(options.store)
  const run: TrainerRun = { live: undefined, stopReason: undefined, gpuMemoryOut: false }
  const alert = (live: LiveJob, text: string) => desk.ctx?.notice('warn', `${live.job.name}: ${text}`)
  const desk: JobsDesk = {
    options,
    timings: { ...jobsTimings, ...options.timings },
    book,
    run,
    forwarding: { problem: undefined, refused: 0 },
    ctx: undefined,
    taking: {
      ...{ book, alert, runId: options.runId, rules: options.rules },
      commit: groupCommit((batches) => options.store.add(batches)),
      onBroken: (live, rule) => stopEarly(desk, live, rule),
    },
  }
  options.store.onNotice((text) => {
    desk.ctx?.notice('error', text)
    book.saveAgain()
  })
  return desk
}

/** Ends the trainer because its numbers broke a rule of TRAIN_EARLY_STOP; once. */
function stopEarly({ options, run, ctx }: JobsDesk, live: LiveJob, rule: string): void {
  if (run.live !== live || run.stopReason !== undefined) return
  run.stopReason = `early stop: ${rule}`
  ctx?.notice('warn', `${live.job.name}: ${run.stopReason}`)
  void options.pod.command('stop', 'trainer', { force: false, reason: run.stopReason })
}
