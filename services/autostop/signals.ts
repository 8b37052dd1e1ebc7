import type { PodView } from '../../supervisor/pod.ts'
import type { ProcessEntry } from '../../supervisor/process-table.ts'
import { monotonicMs } from '../../supervisor/time.ts'
import type { Signal } from './signal.ts'
import { apiSignal } from './signals/api.ts'
import { gpuSignal } from './signals/gpu.ts'
import { heartbeatSignal } from './signals/heartbeat.ts'
import { holdSignal } from './signals/hold.ts'
import { jupyterSignal } from './signals/jupyter.ts'
import { newFiles } from './signals/new-files.ts'
import type {
  GpusSeen,
  HoldSeen,
  JupyterAddress,
  RequestsSeen,
  StepSeen,
  UploadsState,
} from './signals/ports.ts'
import { processSnapshots } from './signals/process-snapshot.ts'
import { processesSignal } from './signals/processes.ts'
import { sharedTerminals } from './signals/shared-terminals.ts'
import { sshSignal } from './signals/ssh.ts'
import type { Terminal } from './signals/terminals.ts'
import { trainerSignal } from './signals/trainer.ts'
import { uploadSignal } from './signals/upload.ts'

/** What shows that the pod is in use. A part that is undefined does not exist here, and has no signal. */
export interface SignalOptions {
  readonly pod: Pick<PodView, 'status' | 'onLogLine'>
  /** IDLE_CHECK_INTERVAL_SECONDS: what happened since then is `active`. */
  readonly checkEveryMs: number
  /** Aborts when nobody will ask any more: ends what listens and samples. */
  readonly over: AbortSignal
  /** Undefined while there is none. */
  readonly hold: () => HoldSeen | undefined
  /** Undefined: nothing is trained here. */
  readonly trainer:
    | {
        readonly lastStep: () => StepSeen | undefined
        /** So long nothing may come of a trainer before it counts as stalled; default 30 minutes. */
        readonly patienceMs?: number
      }
    | undefined
  /** Terminals, transfers and commands of users; present with or without sshd (RunPod has a terminal of its own). */
  readonly terminals: {
    /** Monotonic ms at which podmate last wrote a warning to all terminals: that is no output of theirs. */
    readonly warnedMs: () => number | undefined
    /** Default: those of /dev/pts. */
    readonly list?: () => readonly Terminal[]
  }
  /** Undefined: Jupyter is disabled. */
  readonly jupyter: { readonly address: () => JupyterAddress | undefined } | undefined
  readonly requests: RequestsSeen
  readonly gpu: {
    /** Undefined: no GPU is here now. */
    readonly read: () => GpusSeen | undefined
    /** IDLE_GPU_UTIL_THRESHOLD. */
    readonly utilPercent: number
    /** IDLE_GPU_MEM_MB_THRESHOLD; 0: memory never counts. */
    readonly memoryMb: number
  }
  /** Undefined: nothing is uploaded here. */
  readonly uploads: (() => UploadsState) | undefined
  /** Default: all of this machine. */
  readonly listProcesses?: () => readonly ProcessEntry[]
  /** IDLE_ACTIVE_PROCESS_PATTERNS; empty: no signal. */
  readonly processPatterns: readonly string[]
  /** ACTIVITY_HEARTBEAT_FILE, and StatePort.modifiedMs; undefined: the variable is not set. */
  readonly heartbeat:
    | {
        readonly path: string
        /** Wall-clock ms of its last change; undefined: there is no such file. */
        readonly modifiedMs: (path: string) => Promise<number | undefined>
      }
    | undefined
}

/** The signals that may exist here, in the order of `signalNames`. They remember from reading to reading: made once. */
export function buildSignals(options: SignalOptions): readonly Signal[] {
  const { pod, over, trainer, jupyter, gpu, uploads, processPatterns, heartbeat } = options
  const recentMs = options.checkEveryMs
  // Looks in between (somebody asks why) do not shorten what is measured.
  const leastMs = Math.max(800, recentMs * 0.8)
  const snapshot = processSnapshots(pod, leastMs, options.listProcesses)
  const isLinux = snapshot(monotonicMs()) !== undefined
  const terminals = sharedTerminals(snapshot, options.terminals)
  const ofUsers = (nowMs: number) => terminals(nowMs).filter(({ origin }) => origin !== 'jupyter')
  const ofJupyter = (nowMs: number) => terminals(nowMs).filter(({ origin }) => origin === 'jupyter')
  const found = [
    holdSignal(options.hold),
    trainer &&
      trainerSignal({
        ...trainer,
        pod,
        over,
        recentMs,
        newFile: uploads ? newFiles(uploads) : () => undefined,
      }),
    isLinux && sshSignal({ snapshot, terminals: ofUsers, recentMs, leastMs }),
    jupyter && jupyterSignal({ ...jupyter, pod, over, snapshot, terminals: ofJupyter, recentMs }),
    apiSignal(options.requests, recentMs),
    gpuSignal({ ...gpu, recentMs, over }),
    uploads && uploadSignal({ state: uploads, recentMs }),
    isLinux && processPatterns.length > 0 && processesSignal({ patterns: processPatterns, snapshot, pod }),
    heartbeat && heartbeatSignal({ ...heartbeat, recentMs }),
  ]
  return found.filter((signal) => typeof signal === 'object')
}
