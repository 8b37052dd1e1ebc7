/** What nvidia-smi said of one GPU; undefined where it gave no number (`[N/A]`, `ERR!`, a lost GPU). Its MB are MiB. */
export interface GpuState {
  readonly index: number
  readonly uuid: string
  readonly name: string
  /** 0 to 100: the share of the last second or less in which something ran on it. */
  readonly utilPercent: number | undefined
  readonly memoryUsedMb: number | undefined
  readonly memoryTotalMb: number | undefined
  readonly temperatureC: number | undefined
  readonly powerW: number | undefined
  /** Why its utilisation is not known, in a sentence; undefined when it is. */
  readonly problem: string | undefined
}

/** A program on a GPU. In a container its pid may be that of the host, and the list may be empty although there are some. */
export interface GpuProcess {
  readonly gpuUuid: string
  readonly pid: number
  readonly memoryMb: number | undefined
  readonly name: string
}

/** The GPUs of this machine as they were last seen. */
export interface GpuReading {
  /** Monotonic ms (supervisor/time.ts) of the newest answer; before the first one, of the start. */
  readonly atMs: number
  /** By index; empty as long as nothing was seen. */
  readonly gpus: readonly GpuState[]
  /** Looked up once a minute. */
  readonly processes: readonly GpuProcess[]
  /** Why the reading cannot be trusted as a whole (hung, failed, not there), in a sentence; undefined: it can. */
  readonly problem: string | undefined
  /** Fewer GPUs are here than were asked for, in a sentence; says nothing of the use of those that are. */
  readonly missing: string | undefined
}
