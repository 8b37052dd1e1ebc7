/** A volume, as df tells of it. */
export interface DiskUse {
  readonly mount: string
  readonly usedBytes: number
  readonly totalBytes: number
}

/** What the container uses of its machine. */
export interface HostSample {
  /** Monotonic ms (supervisor/time.ts). */
  readonly atMs: number
  /** 0 to 100, of the cores below; undefined for the first sample, which has nothing to compare with. */
  readonly cpuPercent: number | undefined
  /** Cores that may be used: the quota of the container where there is one, such as 7.5. */
  readonly cores: number
  readonly memoryUsedBytes: number | undefined
  /** The limit of the container where there is one. */
  readonly memoryTotalBytes: number | undefined
  readonly disks: readonly DiskUse[]
  /** Why the disks are not known or not new, in a sentence. */
  readonly diskProblem: string | undefined
  readonly receivedBytesPerSecond: number | undefined
  readonly sentBytesPerSecond: number | undefined
}
