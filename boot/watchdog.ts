import { watchFinish } from '../services/autostop/finish/watch-finish.ts'
import { keepHold } from '../services/autostop/hold.ts'
import { createMoney } from '../services/autostop/money/money.ts'
import { type Autostop, autostop } from '../services/autostop/service.ts'
import { requestLog } from '../services/autostop/signals/request-log.ts'
import { buildSignals } from '../services/autostop/signals.ts'
import { stopTimings } from '../services/autostop/stop/stop-tools.ts'
import { tellTerminals } from '../services/autostop/stop/terminals.ts'
import { monotonicMs } from '../supervisor/time.ts'
import { activity } from './activity.ts'
import type { Setup } from './run-pod.ts'
import { podOnRunpod } from './runpod-stopper.ts'
import { problemsOf, settingsOf, valuesOf, whyOff } from './watchdog-settings.ts'
import { savePort, signalOptions, type WatchdogPorts } from './watchdog-signals.ts'

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
      jobProgress: ports.jobs.progress,
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
