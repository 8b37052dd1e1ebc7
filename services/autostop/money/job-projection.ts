/** How far a training is, from two reports of it. */
export interface JobProgress {
  readonly jobId: string
  readonly first: ProgressReport
  readonly last: ProgressReport
}

export interface ProgressReport {
  /** Monotonic milliseconds. */
  readonly atMs: number
  /** From 0 to 1; a training that was resumed does not begin at 0. */
  readonly fraction: number
}

/** When the training will be done at its pace so far, in monotonic milliseconds; undefined: that cannot be told yet. Pure. */
export function jobEndsMs({ first, last }: JobProgress): number | undefined {
  const gained = last.fraction - first.fraction
  const tookMs = last.atMs - first.atMs
  if (!(gained > 0) || !(tookMs > 0) || last.fraction > 1) return undefined
  return last.atMs + ((1 - last.fraction) / gained) * tookMs
}

/** What will have been spent when the training is done. `rate`: USD per hour. Pure. */
export function spentAtJobEnd(
  progress: JobProgress,
  { usd, rate }: { readonly usd: number; readonly rate: number },
  nowMs: number,
): number | undefined {
  const endsMs = jobEndsMs(progress)
  return endsMs === undefined ? undefined : usd + (rate * Math.max(0, endsMs - nowMs)) / 3_600_000
}
