import type { Environment } from '../environment.ts'
import type { AutostopSettings } from '../services/autostop/settings.ts'
import { artifactsProblem } from './artifacts-options.ts'
import type { Setup } from './run-pod.ts'

type Settled = Pick<Setup, 'environment' | 'core' | 'version' | 'env'>

/** What the variables of autostop say; the group is read leniently, so that is always there. */
export function valuesOf({ environment }: Settled): NonNullable<Environment['values']['autostop']> {
  const values = environment.values.autostop
  if (!values) throw new Error('the variables of autostop were not read')
  return values
}

/** When the pod is to be stopped; idleness never, where nobody asked for that. */
export function settingsOf(setup: Settled): AutostopSettings {
  const values = valuesOf(setup)
  const { MAX_LIFETIME_SECONDS: lifetime } = values
  return {
    idleTimeoutMs: watchesIdleness(setup) ? values.IDLE_TIMEOUT_SECONDS * 1000 : Number.POSITIVE_INFINITY,
    checkEveryMs: values.IDLE_CHECK_INTERVAL_SECONDS * 1000,
    countdownMs: values.IDLE_COUNTDOWN_SECONDS * 1000,
    unknownGraceMs: values.UNKNOWN_GRACE_SECONDS * 1000,
    bootGraceMs: setup.core.BOOT_GRACE_SECONDS * 1000,
    maxLifetimeMs: lifetime === undefined ? undefined : lifetime * 1000,
    budgetUsd: values.BUDGET_USD,
  }
}

function watchesIdleness(setup: Settled): boolean {
  const { START_IDLE_WATCHDOG: asked } = valuesOf(setup)
  return asked === 'auto' ? setup.environment.values.platform?.RUNPOD_POD_ID !== undefined : asked
}

/** Why nothing is ever to stop this pod, with the values that were meant to and are wrong. */
export function whyOff(setup: Settled, { budgetUsd, maxLifetimeMs }: AutostopSettings): string | undefined {
  const { START_IDLE_WATCHDOG: asked, TRAIN_ON_FINISH: finish } = valuesOf(setup)
  const ends = ['stop', 'terminate'].some((action) =>
    [finish.success, finish.failure].some((one) => one === action),
  )
  if (watchesIdleness(setup) || budgetUsd !== undefined || maxLifetimeMs !== undefined || ends)
    return undefined
  const reason =
    asked === false ? 'START_IDLE_WATCHDOG is 0' : 'this is no pod of RunPod: RUNPOD_POD_ID is not set'
  return [reason, ...wrongValues(setup)].join('; ')
}

/** What will go wrong at the stop, said at the start. */
export function problemsOf(setup: Settled, impossible: string | undefined): readonly string[] {
  const {
    AUTOSTOP_ACTION: action,
    AUTOSTOP_VERB: verb,
    AUTOSTOP_TERMINATE_UNSYNCED: ordered,
  } = valuesOf(setup)
  const upload = artifactsProblem(setup)
  const isRefused = action === 'runpod_api' && verb === 'terminate' && !ordered && upload !== undefined
  return [
    ...wrongValues(setup).map((message) => `${message}. Until then it counts as unset.`),
    ...(action === 'runpod_api' && impossible !== undefined
      ? [`This pod cannot stop itself: ${impossible}`]
      : []),
    ...(action === 'exit'
      ? ['AUTOSTOP_ACTION is exit: RunPod starts a container that has ended again, and the bill goes on.']
      : []),
    ...(isRefused
      ? [
          `AUTOSTOP_VERB is terminate, and nothing uploads artifacts (${upload}): with files in ARTIFACT_DIRS the pod is only stopped.`,
        ]
      : []),
  ]
}

function wrongValues({ environment }: Settled): readonly string[] {
  return environment.problems.filter(({ group }) => group === 'autostop').map(({ message }) => message)
}
