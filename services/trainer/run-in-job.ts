import { endingOf } from '../../supervisor/ending.ts'
import type { Ending } from '../../supervisor/events.ts'
import type { ServiceContext } from '../../supervisor/service.ts'
import { aborted } from '../../supervisor/time.ts'

type Env = Readonly<Record<string, string>>

/** Keeps a record of each run of the trainer, which a run reports its numbers to. */
export interface TrainingJobs {
  /** Begins a run; gives what its environment has beyond its own (undefined: has not). Never rejects. */
  begin(command: string): Promise<Readonly<Record<string, string | undefined>>>
  /** How that run ended. Never throws. */
  end(ending: Ending, by: { readonly stopped: boolean; readonly podStopping: boolean }): void
}

/** Does `run` with the environment of a new run of a job, and says in the end how that went. */
export async function runInJob(
  jobs: TrainingJobs | undefined,
  { command, env }: { readonly command: string; readonly env: Env },
  ctx: Pick<ServiceContext, 'stop' | 'podStopping'>,
  run: (env: Env) => Promise<void>,
): Promise<void> {
  if (!jobs) return await run(env)
  let outcome: { error?: unknown } = {}
  const begun = jobs.begin(command)
  try {
    const more = await Promise.race([begun, aborted(ctx.stop)])
    if (more) await run(joined(env, more))
  } catch (error) {
    outcome = { error }
    throw error
  } finally {
    await begun
    jobs.end(endingOf(outcome), { stopped: ctx.stop.aborted, podStopping: ctx.podStopping.aborted })
  }
}

function joined(env: Env, more: Readonly<Record<string, string | undefined>>): Env {
  const all = Object.entries({ ...env, ...more })
  return Object.fromEntries(all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}
