import type { Ending, PodEvent } from '../../../supervisor/events.ts'
import type { PodView } from '../../../supervisor/pod.ts'
import type { EventLevel } from '../../../supervisor/service.ts'
import { monotonicMs } from '../../../supervisor/time.ts'
import {
  actionFor,
  type FinishOrder,
  type FinishPolicy,
  finishOrder,
  finishText,
  type TrainingEnd,
} from './finish-policy.ts'

export interface WatchFinishOptions {
  readonly pod: Pick<PodView, 'onEvent' | 'status'>
  readonly policy: FinishPolicy
  /** TRAIN_HOLD_SECONDS. */
  readonly holdMs: number
  /** Uploads what is left; rejects where nothing is uploaded. */
  flush(): Promise<{ readonly leftFiles: number; readonly reason?: string }>
  /** Tells everybody, once. */
  tell(level: EventLevel, text: string): void
}

/** What the end of training asks for. */
export interface FinishWatch {
  finished(): FinishOrder | undefined
}

/** A command that fails sooner has a mistake in it, and would end the pod at every boot before anybody can mend it. */
const soonMs = 60_000

/**
 * Watches the trainer's end from now on. A trainer that was stopped, or that is about to be started again, has not ended;
 * one that is started again is no longer finished.
 */
export function watchFinish(options: WatchFinishOptions): FinishWatch {
  const { pod, policy, holdMs } = options
  let end: TrainingEnd | undefined
  let spawnedMs: number | undefined
  pod.onEvent((event) => {
    if (!('service' in event) || event.service !== 'trainer') return
    if (event.type === 'starting') {
      spawnedMs = undefined
      end = undefined
    }
    if (event.type === 'spawned') spawnedMs = event.ms
    const { lastEnding, restarts = 0 } = pod.status().services.trainer ?? {}
    const ranMs = spawnedMs === undefined ? undefined : event.ms - spawnedMs
    const ended = endIn(event, { ranMs, reason: wordsOf(lastEnding), isFirst: restarts === 0 })
    if (!ended) return
    end = ended
    if (pod.status().state === 'running') act(ended, options)
  }, new AbortController().signal)
  return { finished: () => finishOrder(end, policy, holdMs) }
}

/** A program that ended well has no more to say than its exit code. */
function wordsOf(ending: Ending | undefined): string {
  if (!ending) return 'unknown'
  return ending.ok && ending.exitCode !== null ? `exit ${ending.exitCode}` : ending.reason
}

interface Run {
  /** Undefined: no program was run. */
  readonly ranMs: number | undefined
  readonly reason: string
  readonly isFirst: boolean
}

function endIn(event: PodEvent, { ranMs, reason, isFirst }: Run): TrainingEnd | undefined {
  if (event.type === 'failed')
    return { atMs: monotonicMs(), atBoot: isFirst && (ranMs ?? 0) < soonMs, ok: false, reason: event.reason }
  if (event.type !== 'completed') return undefined
  // What was found completed at the start has run no program.
  const atBoot = ranMs === undefined
  return { atMs: atBoot ? Number.NEGATIVE_INFINITY : monotonicMs(), atBoot, ok: true, reason }
}

function act(end: TrainingEnd, options: WatchFinishOptions): void {
  const { policy, tell } = options
  const action = actionFor(end, policy)
  if (action === 'keep') return
  tell(end.ok ? 'info' : 'warn', finishText(end, policy))
  if (action === 'sync') void sync(options)
}

async function sync({ flush, tell }: WatchFinishOptions): Promise<void> {
  try {
    const { leftFiles, reason } = await flush()
    if (leftFiles === 0) tell('info', 'Everything that training left is uploaded.')
    else tell('warn', `${leftFiles} files of the training are not uploaded: ${reason ?? 'no time was left'}.`)
  } catch (error) {
    tell('warn', `Nothing of the training is uploaded: ${error instanceof Error ? error.message : error}`)
  }
}
