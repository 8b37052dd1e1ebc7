import { runChild } from '../../supervisor/child.ts'
import { ProgramEnded } from '../../supervisor/ending.ts'
import type { RestartPolicy, Service } from '../../supervisor/service.ts'
import type { CompletedRuns } from './completed-runs.ts'
import { makeFolders } from './make-folders.ts'
import { runInJob, type TrainingJobs } from './run-in-job.ts'

export interface TrainerOptions {
  /** Run by `/bin/sh -c`. */
  readonly command: string
  readonly cwd: string
  /** Everything that the command sees: no secrets but those that were asked for. */
  readonly env: Readonly<Record<string, string>>
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
  readonly restart: RestartPolicy
  /** What must be completed before it starts: the bootstrap, where there is one. */
  readonly needs?: readonly string[]
  /** What is not run again at the start of a pod. Undefined: nothing is remembered. */
  readonly completed?: (CompletedRuns & { /** TRAIN_RERUN. */ readonly rerun: boolean }) | undefined
  /** What is made for `user` before it starts, where it is missing. */
  readonly folders?: readonly string[]
  /** Who keeps a record of its runs. */
  readonly jobs?: TrainingJobs
}

/** When memory runs out, the trainer goes first: its checkpoint is on disk, and podmate lives on to say so. */
const oomScoreAdj = 800

/**
 * Runs the user's training command. Its exit code and signal are kept and shown, never turned into success. What has
 * completed before is not run again when podmate starts, but whenever somebody starts it.
 */
export function trainer(options: TrainerOptions): Service {
  const { command, cwd, env, user, restart, needs = [], completed, folders = [], jobs } = options
  let isBoot = true
  return {
    name: 'trainer',
    kind: 'task',
    after: ['state', ...(jobs ? ['jobs', 'http'] : [])], // who reports its numbers needs somebody who takes them
    needs,
    stopTier: 'work',
    restart,
    async run(ctx) {
      const isAsked = !isBoot || completed?.rerun === true
      isBoot = false
      const reason = isAsked ? undefined : await completed?.before(ctx.log)
      if (reason !== undefined) throw new ProgramEnded({ ok: true, exitCode: 0, signal: null, reason })
      if (ctx.stop.aborted) return
      const keep = completed?.begin(ctx.log)
      if (user) await makeFolders(folders, user, ctx.log)
      const program = {
        command: '/bin/sh',
        args: ['-c', command],
        cwd,
        oomScoreAdj,
        ...(user ? { user } : {}),
      }
      await runInJob(jobs, { command, env }, ctx, (all) => runChild({ ...program, env: all }, ctx))
      // One that was stopped and ended well has written its checkpoint, and is not done.
      if (!ctx.stop.aborted) await keep?.()
    },
  }
}
