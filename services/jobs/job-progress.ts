/** Between what a job's pace is judged: its first and its last report of `progress` since its run began. */
export interface JobProgress {
  readonly first: ProgressReport
  readonly last: ProgressReport
}

interface ProgressReport {
  /** Monotonic milliseconds. */
  readonly atMs: number
  /** From 0 to 1. */
  readonly fraction: number
}

/** What is known of the pace after one more report, in percent. A step back (a new run of the job) begins anew. Pure. */
export function withProgress(
  known: JobProgress | undefined,
  percent: number,
  atMs: number,
): JobProgress | undefined {
  if (!(percent >= 0 && percent <= 100)) return known
  const last = { atMs, fraction: percent / 100 }
  const goesOn = known !== undefined && last.fraction >= known.last.fraction
  return { first: goesOn ? known.first : last, last }
}
