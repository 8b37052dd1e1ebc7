import type { PodView } from '../../../supervisor/pod.ts'
import { monotonicMs } from '../../../supervisor/time.ts'
import type { TrainerPort } from './stop-tools.ts'

/** It neither runs nor will it by itself: one that waits for a lead could start in the middle of a stop. */
const resting: ReadonlySet<string> = new Set(['disabled', 'completed', 'failed', 'stopped'])

/** The trainer of a stop, which remembers when it ended. */
export interface StoppedTrainer extends TrainerPort {
  /** Monotonic: when it had gone; undefined: it still runs; minus infinity: none ran. */
  endedMs(): number | undefined
}

/** The trainer service as a stop meets it; TERM gives it `graceMs` to write its last checkpoint. */
export function trainerPort(
  { status, command }: Pick<PodView, 'status' | 'command'>,
  graceMs: number,
): StoppedTrainer {
  const runs = () => !resting.has(status().services.trainer?.state ?? 'disabled')
  let endedMs = runs() ? undefined : Number.NEGATIVE_INFINITY
  return {
    runs,
    endedMs: () => endedMs,
    async stop(reason) {
      const result = await command('stop', 'trainer', { force: false, graceMs, reason })
      endedMs = monotonicMs()
      return result
    },
    start: () => command('start', 'trainer', { force: false }),
  }
}
