import type { State } from './status.ts'

/** What each state means to whoever reads a status, in one line: printed into the README and the help of podctl. */
export const stateMeanings: Readonly<Record<State, string>> = {
  disabled: 'Cannot run here or is switched off; the reason says why. Nothing is tried.',
  waiting: 'Not started yet: others start first, for at most 30 seconds.',
  blocked: 'Not started: something that it cannot do without is not ready.',
  starting: 'Runs, but has not said yet that it can serve.',
  ready: 'Serves.',
  degraded: 'Runs, but cannot serve right now; the reason says why. It recovers by itself.',
  restarting: 'Ended and will be started again after the pause that is shown.',
  crashloop: 'Ended 8 times within 10 minutes: tried again every 5 minutes, or now by `podctl restart`.',
  stopping: 'Was told to end and is winding down.',
  stopped: 'Ended because it was told to.',
  completed: 'A task that has done its work.',
  failed: 'A task that ended without doing its work and is not started again.',
}
