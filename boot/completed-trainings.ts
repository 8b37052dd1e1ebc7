import type { StatePort } from '../services/state/port.ts'
import { completedRuns } from '../services/trainer/completed-runs.ts'
import { readCommit } from '../services/trainer/read-commit.ts'
import type { TrainerOptions } from '../services/trainer/service.ts'
import type { Setup } from './run-pod.ts'

const file = 'completed-trainings.jsonl'

/** What the trainer knows of runs before this start; undefined with TRAIN_RESTART=always, which never completes. */
export function completedTrainings(
  { core, env, environment }: Setup,
  { readText, writeText }: Pick<StatePort, 'readText' | 'writeText'>,
  { command, cwd, user, restart }: Pick<TrainerOptions, 'command' | 'cwd' | 'user' | 'restart'>,
): TrainerOptions['completed'] {
  if (restart === 'always') return undefined
  const runs = completedRuns({
    ...{ command, cwd },
    read: () => readText(file),
    write: (text) => writeText(file, text),
    commit: () => readCommit(core.REPO_DIR, { user, path: env.PATH }),
  })
  return { ...runs, rerun: environment.values.trainer?.TRAIN_RERUN ?? false }
}
