import type { DecisionInput } from '../decision/decision-input.ts'
import type { AutostopVerb } from '../watch/autostop-state.ts'

/** What happens when training has ended: nothing; what is left goes up; that, and the pod stops or is terminated. */
export const finishActions = ['keep', 'sync', 'stop', 'terminate'] as const
export type FinishAction = (typeof finishActions)[number]

/** TRAIN_ON_FINISH: for an end with exit code 0, and for every other end of its own. */
export interface FinishPolicy {
  readonly success: FinishAction
  readonly failure: FinishAction
}

/** How a training ended for good: by itself, and not to be tried again. */
export interface TrainingEnd {
  /** Monotonic milliseconds; minus infinity: before podmate started. */
  readonly atMs: number
  /** The pod booted with it, or into it: nobody has had the time to get in. */
  readonly atBoot: boolean
  readonly ok: boolean
  /** In words: `exit 0`, `signal SIGKILL (oom)`. */
  readonly reason: string
}

/** The stop that an end of training asks for. */
export type FinishOrder = NonNullable<DecisionInput['finished']> & { readonly verb: AutostopVerb }

/** Which stop is asked for; undefined: none. One that was over before the start is held no second time. Pure. */
export function finishOrder(
  end: TrainingEnd | undefined,
  policy: FinishPolicy,
  holdMs: number,
): FinishOrder | undefined {
  if (!end) return undefined
  const action = actionFor(end, policy)
  if (action === 'keep' || action === 'sync') return undefined
  const atMs = end.atBoot ? Number.NEGATIVE_INFINITY : end.atMs
  return { atMs, stopsAtMs: end.atMs + holdMs, text: finishText(end, policy), verb: action }
}

/** What is to be done about an end. Pure. */
export function actionFor({ ok }: Pick<TrainingEnd, 'ok'>, policy: FinishPolicy): FinishAction {
  return ok ? policy.success : policy.failure
}

/** The end and what it leads to, in a sentence, with the exit code as it was. Pure. */
export function finishText(end: TrainingEnd, policy: FinishPolicy): string {
  const action = actionFor(end, policy)
  const how = end.ok ? 'completed' : 'failed'
  const what = Number.isFinite(end.atMs)
    ? `Training has ${how} (${end.reason})`
    : `Training had ${how} before this start`
  return `${what}, and TRAIN_ON_FINISH is ${action} for that.`
}
