/** How a Jupyter server is asked; `url` ends in a slash and is reached from this machine. */
export interface JupyterAddress {
  readonly url: string
  readonly token: string
}

/** A training step that the jobs service was told of. */
export interface StepSeen {
  /** Monotonic milliseconds. */
  readonly atMs: number
  readonly jobId: string
  readonly step: number
}

/** What uploads tell of themselves, as far as it matters here: ArtifactsPort.state() fits. */
export interface UploadsState {
  readonly report:
    | {
        readonly activity: string
        readonly next: readonly { readonly path: string; readonly state: string }[]
        readonly totals: { readonly bytesUploaded: number; readonly filesCommitted: number }
      }
    | undefined
}

/** Requests that count as activity: RequestLog fits. */
export interface RequestsSeen {
  /** How many there were since podmate started. */
  readonly count: number
  /** Monotonic milliseconds; undefined: there was none yet. */
  readonly lastMs: number | undefined
}

/** The last sample of the GPUs: GpuReading of telemetry fits. */
export interface GpusSeen {
  /** Monotonic milliseconds. */
  readonly atMs: number
  readonly gpus: readonly {
    readonly index: number
    readonly utilPercent: number | undefined
    readonly memoryUsedMb: number | undefined
    /** Why its utilisation is not known. */
    readonly problem: string | undefined
  }[]
  /** Why none of it is known. */
  readonly problem: string | undefined
}

/** A hold that has not ended. */
export interface HoldSeen {
  readonly leftMs: number
  /** In the words of the user; empty: none were given. */
  readonly why: string
}
