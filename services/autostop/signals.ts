import type { PodView } from '../../supervisor/pod.ts'
import type { Signal } from './signal.ts'
import type {
  GpusSeen,
  HoldSeen,
  JupyterAddress,
  RequestsSeen,
  StepSeen,
  UploadsState,
} from './signals/ports.ts'

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
  }
  /** Undefined: Jupyter is disabled. */
  readonly jupyter: { readonly address: () => JupyterAddress | undefined } | undefined
  readonly requests: RequestsSeen
  /** Undefined: no GPU exists here. */
  readonly gpu:
    | {
        readonly read: () => GpusSeen | undefined
        /** IDLE_GPU_UTIL_THRESHOLD. */
        readonly utilPercent: number
        /** IDLE_GPU_MEM_MB_THRESHOLD; 0: memory never counts. */
        readonly memoryMb: number
      }
    | undefined
  /** Undefined: nothing is uploaded here. */
  readonly uploads: (() => UploadsState) | undefined
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

/** The signals that exist here, in the order of `signalNames`. They remember from reading to reading: made once. */
export function buildSignals(_options: SignalOptions): readonly Signal[] {
  return []
}
