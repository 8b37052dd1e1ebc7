import { runChild } from '../../supervisor/child.ts'
import type { RestartPolicy, Service } from '../../supervisor/service.ts'

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
}

/** When memory runs out, the trainer goes first: its checkpoint is on disk, and podmate lives on to say so. */
const oomScoreAdj = 800

/** Runs the user's training command. Its exit code and signal are kept and shown, never turned into success. */
export function trainer({ command, cwd, env, user, restart, needs = [] }: TrainerOptions): Service {
  return {
    name: 'trainer',
    kind: 'task',
    after: ['state'],
    needs,
    stopTier: 'work',
    restart,
    run: (ctx) =>
      runChild(
        { command: '/bin/sh', args: ['-c', command], cwd, env, oomScoreAdj, ...(user ? { user } : {}) },
        ctx,
      ),
  }
}
