import type { GpuWatchTimings } from './watch-gpus.ts'

export interface TelemetryOptions {
  /** What shows that there is a GPU, such as "RUNPOD_GPU_COUNT is 1"; undefined: nothing does, but nvidia-smi is tried. */
  readonly gpuTrace: string | undefined
  /** So many GPUs were asked for (RUNPOD_GPU_COUNT). */
  readonly gpuCount?: number
  /** What nvidia-smi finds its libraries and itself by; nothing secret. */
  readonly env: Readonly<Record<string, string>>
  /** Absolute folders whose volumes are watched. */
  readonly folders: readonly string[]
  readonly timings?: Partial<TelemetryTimings>
}

export interface TelemetryTimings {
  readonly gpu: GpuWatchTimings
  readonly hostEveryMs: number
  readonly disksEveryMs: number
  /** A df that takes longer hangs. */
  readonly diskHungMs: number
  /** How many host samples are kept, each with the GPU reading of its moment. */
  readonly samplesKept: number
}

/** A driver that nobody kept awake took 6 s for its first answer on machines with many GPUs. */
export const gpuTimings: GpuWatchTimings = {
  everyMs: 5000,
  hungMs: 5000,
  firstAnswerMs: 30_000,
  faultMs: 300_000,
  retryMs: 5000,
  maxRetryMs: 60_000,
  processesEveryMs: 60_000,
}

/** 24 h of samples, 10 s apart. */
export const telemetryTimings: TelemetryTimings = {
  gpu: gpuTimings,
  hostEveryMs: 10_000,
  disksEveryMs: 60_000,
  diskHungMs: 5000,
  samplesKept: 8640,
}
