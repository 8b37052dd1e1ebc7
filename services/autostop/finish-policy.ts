/** What happens when training has ended: nothing; what is left goes up; that, and the pod stops or is terminated. */
export const finishActions = ['keep', 'sync', 'stop', 'terminate'] as const
export type FinishAction = (typeof finishActions)[number]

/** TRAIN_ON_FINISH: for an end with exit code 0, and for every other end of its own. */
export interface FinishPolicy {
  readonly success: FinishAction
  readonly failure: FinishAction
}
