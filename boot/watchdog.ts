import type { Artifacts } from '../services/artifacts/service.ts'
import { keepHold } from '../services/autostop/hold.ts'
import { createMoney } from '../services/autostop/money/money.ts'
import { type Autostop, autostop } from '../services/autostop/service.ts'
import type { AutostopSettings } from '../services/autostop/settings.ts'
import type { StepSeen } from '../services/autostop/signals/ports.ts'
import { requestLog } from '../services/autostop/signals/request-log.ts'
import { buildSignals, type SignalOptions } from '../services/autostop/signals.ts'
import { type SavePort, stopTimings } from '../services/autostop/stop-tools.ts'
import { tellTerminals } from '../services/autostop/terminals.ts'
import { watchFinish } from '../services/autostop/watch-finish.ts'
import type { JupyterPort } from '../services/jupyter/service.ts'
import type { StatePort } from '../services/state/port.ts'
import type { TelemetryPort } from '../services/telemetry/port.ts'
import { monotonicMs } from '../supervisor/time.ts'
import { activity } from './activity.ts'
import { artifactsProblem, uploadOptions } from './artifacts-options.ts'
import type { Setup } from './run-pod.ts'
import { podOnRunpod } from './runpod-stopper.ts'
import { jupyterProblem } from './service-options.ts'

/** What autostop is introduced to. */
export interface WatchdogPorts {
  readonly state: StatePort
  readonly artifacts: Artifacts['port']
  readonly jupyter: JupyterPort
  readonly telemetry: TelemetryPort
  /** The last training step that the pod was told of. */
  readonly lastStep?: () => StepSeen | undefined
}

export interface Watchdog extends Autostop {
  /** Called for each request that counts as activity; touches ACTIVITY_HEARTBEAT_FILE, too. */
  readonly onActivity: () => void
}

/** Stops this pod when it is to be stopped; made from the environment. */
export function podWatchdog(setup: Setup, ports: WatchdogPorts): Watchdog {
  const { environment, pod, log } = setup
  const values = valuesOf(setup)
  const { state, artifacts } = ports
  const finish = watchFinish({
    pod,
    policy: values.TRAIN_ON_FINISH,
    holdMs: values.TRAIN_HOLD_SECONDS * 1000,
    flush: artifacts.flush,
    tell: (level, text) => pod.emit({ service: 'autostop', type: 'notice', level, text }),
  })
  const runpod = podOnRunpod(setup)
  const requests = requestLog()
  const touch = activity(environment.values.http?.ACTIVITY_HEARTBEAT_FILE, state.touch, (err) =>
    log.log.warn({ err }, 'ACTIVITY_HEARTBEAT_FILE cannot be touched'),
  )
  const hold = keepHold({ store: state, nowMs: monotonicMs, wallMs: Date.now })
  let warnedMs: number | undefined
  const settings = settingsOf(setup)
  const signals = signalOptions(setup, ports, { hold: hold.left, requests, warnedMs: () => warnedMs })
  const service = autostop({
    ...{ settings, pod, finish, hold, store: state, stopper: runpod.stopper },
    off: whyOff(setup, settings),
    action: values.AUTOSTOP_ACTION,
    verb: values.AUTOSTOP_VERB,
    terminateUnsynced: values.AUTOSTOP_TERMINATE_UNSYNCED,
    trainStopGraceMs: values.TRAIN_STOP_GRACE_SECONDS * 1000,
    timings: {
      ...stopTimings,
      flushDeadlineMs: (environment.values.artifacts?.FLUSH_DEADLINE_SECONDS ?? 600) * 1000,
    },
    problems: problemsOf(setup, runpod.stopper.impossible),
    signals: buildSignals(signals),
    save: savePort(setup, state, artifacts),
    money: createMoney({
      store: state,
      costPerHour: values.POD_COST_PER_HR,
      budgetUsd: values.BUDGET_USD,
      askPlatform: runpod.facts,
    }),
    tellTerminals(text) {
      warnedMs = monotonicMs()
      tellTerminals(text)
    },
  })
  return {
    ...service,
    onActivity() {
      requests.seen()
      touch()
    },
  }
}

/** The group is read leniently, so its values are always there. */
function valuesOf({ environment }: Setup): NonNullable<Setup['environment']['values']['autostop']> {
  const values = environment.values.autostop
  if (!values) throw new Error('the variables of autostop were not read')
  return values
}

function settingsOf(setup: Setup): AutostopSettings {
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

function watchesIdleness(setup: Setup): boolean {
  const { START_IDLE_WATCHDOG: asked } = valuesOf(setup)
  return asked === 'auto' ? setup.environment.values.platform?.RUNPOD_POD_ID !== undefined : asked
}

/** Why nothing is ever to stop this pod. */
function whyOff(setup: Setup, { budgetUsd, maxLifetimeMs }: AutostopSettings): string | undefined {
  const { START_IDLE_WATCHDOG: asked, TRAIN_ON_FINISH: finish } = valuesOf(setup)
  const ends = ['stop', 'terminate'].some((action) =>
    [finish.success, finish.failure].some((one) => one === action),
  )
  if (watchesIdleness(setup) || budgetUsd !== undefined || maxLifetimeMs !== undefined || ends)
    return undefined
  return asked === false ? 'START_IDLE_WATCHDOG is 0' : 'this is no pod of RunPod: RUNPOD_POD_ID is not set'
}

/** What will go wrong at the stop, said at the start. */
function problemsOf(setup: Setup, impossible: string | undefined): readonly string[] {
  const {
    AUTOSTOP_ACTION: action,
    AUTOSTOP_VERB: verb,
    AUTOSTOP_TERMINATE_UNSYNCED: ordered,
  } = valuesOf(setup)
  const upload = artifactsProblem(setup)
  const isRefused = action === 'runpod_api' && verb === 'terminate' && !ordered && upload !== undefined
  const wrong = setup.environment.problems.filter(({ group }) => group === 'autostop')
  return [
    ...wrong.map(({ message }) => `${message}. Until then it counts as unset.`),
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

function savePort(setup: Setup, state: StatePort, artifacts: WatchdogPorts['artifacts']): SavePort {
  const folders = uploadOptions(setup).sources.map(({ dir }) => dir)
  return {
    flush: (deadlineMs) => artifacts.flush(deadlineMs),
    refusedFiles: () => artifacts.state().report?.refusedFiles ?? 0,
    folders: () =>
      Promise.all(
        // The disk of a container answers: what does not is a volume.
        folders.map((path) =>
          state.folder(path).catch(() => ({ path, place: 'volume', hasFiles: true }) as const),
        ),
      ),
  }
}

type OwnSignals = Pick<SignalOptions, 'hold' | 'requests'> & SignalOptions['terminals']

function signalOptions(setup: Setup, ports: WatchdogPorts, own: OwnSignals): SignalOptions {
  const values = valuesOf(setup)
  const heartbeat = setup.environment.values.http?.ACTIVITY_HEARTBEAT_FILE
  const { lastStep = () => undefined, jupyter, telemetry, artifacts, state } = ports
  return {
    pod: setup.pod,
    checkEveryMs: values.IDLE_CHECK_INTERVAL_SECONDS * 1000,
    over: new AbortController().signal, // for as long as podmate runs
    ...{ hold: own.hold, requests: own.requests, terminals: { warnedMs: own.warnedMs } },
    trainer: { lastStep }, // steps of jobs that were started by hand count, too
    jupyter: jupyterProblem(setup) === undefined ? jupyter : undefined,
    gpu:
      telemetry.gpu() === undefined
        ? undefined
        : {
            read: telemetry.gpu,
            utilPercent: values.IDLE_GPU_UTIL_THRESHOLD,
            memoryMb: values.IDLE_GPU_MEM_MB_THRESHOLD,
          },
    uploads: artifactsProblem(setup) === undefined ? artifacts.state : undefined,
    processPatterns: values.IDLE_ACTIVE_PROCESS_PATTERNS ?? [],
    heartbeat: heartbeat === undefined ? undefined : { path: heartbeat, modifiedMs: state.modifiedMs },
  }
}
