import type { Artifacts } from '../services/artifacts/service.ts'
import type { SignalOptions } from '../services/autostop/signals.ts'
import type { SavePort } from '../services/autostop/stop/stop-tools.ts'
import type { Jobs } from '../services/jobs/service.ts'
import type { JupyterPort } from '../services/jupyter/service.ts'
import type { StatePort } from '../services/state/port.ts'
import type { TelemetryPort } from '../services/telemetry/port.ts'
import { artifactsProblem, uploadOptions } from './artifacts-options.ts'
import type { Setup } from './run-pod.ts'
import { jupyterProblem } from './service-options.ts'
import { valuesOf } from './watchdog-settings.ts'

/** What autostop is introduced to. */
export interface WatchdogPorts {
  readonly state: StatePort
  readonly artifacts: Artifacts['port']
  readonly jupyter: JupyterPort
  readonly telemetry: TelemetryPort
  /** What trainings say of themselves. */
  readonly jobs: Pick<Jobs['port'], 'lastStep' | 'progress'>
}

/** What a stop saves, and where the folders lie that it could delete. */
export function savePort(setup: Setup, state: StatePort, artifacts: WatchdogPorts['artifacts']): SavePort {
  const folders = uploadOptions(setup).sources.map(({ dir }) => dir)
  return {
    flush: (deadlineMs) => artifacts.flush(deadlineMs),
    keptHere() {
      const { report } = artifacts.state()
      const { refusedFiles = 0, unmatchedFiles = 0, unmatched = [] } = report ?? {}
      const { partsMissing = [], unreadable = [] } = report ?? {}
      return { refusedFiles, unmatchedFiles, unmatched, partsMissing, unreadable }
    },
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

/** What of this pod shows that it is in use. */
export function signalOptions(setup: Setup, ports: WatchdogPorts, own: OwnSignals): SignalOptions {
  const values = valuesOf(setup)
  const heartbeat = setup.environment.values.http?.ACTIVITY_HEARTBEAT_FILE
  const { jobs, jupyter, telemetry, artifacts, state } = ports
  return {
    pod: setup.pod,
    checkEveryMs: values.IDLE_CHECK_INTERVAL_SECONDS * 1000,
    over: new AbortController().signal, // for as long as podmate runs
    ...{ hold: own.hold, requests: own.requests, terminals: { warnedMs: own.warnedMs } },
    trainer: { lastStep: jobs.lastStep }, // steps of jobs that were started by hand count, too
    jupyter: jupyterProblem(setup) === undefined ? jupyter : undefined,
    gpu: {
      read: telemetry.gpu,
      utilPercent: values.IDLE_GPU_UTIL_THRESHOLD,
      memoryMb: values.IDLE_GPU_MEM_MB_THRESHOLD,
    },
    uploads: artifactsProblem(setup) === undefined ? artifacts.state : undefined,
    processPatterns: values.IDLE_ACTIVE_PROCESS_PATTERNS ?? [],
    heartbeat: heartbeat === undefined ? undefined : { path: heartbeat, modifiedMs: state.modifiedMs },
  }
}
