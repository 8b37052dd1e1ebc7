const capped = [
  'OMP_NUM_THREADS',
  'MKL_NUM_THREADS',
  'OPENBLAS_NUM_THREADS',
  'NUMEXPR_NUM_THREADS',
  'RAYON_NUM_THREADS',
  'TOKIO_WORKER_THREADS',
] as const

export interface ThreadLimits {
  /** Cores that the container may use; undefined = no quota. */
  readonly cpus: number | undefined
  /** Processes and threads that the container may have; undefined = no limit. */
  readonly pids: number | undefined
  /** Cores that programs see and size their pools by: the host's. */
  readonly visibleCores: number
}

/** Threads that a pool may have here: the quota in whole cores, 2 to 16. */
export function threadCount({ cpus, visibleCores }: ThreadLimits): number {
  return Math.min(16, Math.max(2, Math.floor(cpus ?? visibleCores)))
}

/** Variables that keep thread pools small where few threads are allowed; those the user set are left out. */
export function threadCaps(
  limits: ThreadLimits,
  userSet: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  if (limits.pids === undefined || limits.pids >= 16 * limits.visibleCores) return {}
  const count = String(threadCount(limits))
  return Object.fromEntries(capped.filter((name) => !userSet[name]).map((name) => [name, count]))
}
