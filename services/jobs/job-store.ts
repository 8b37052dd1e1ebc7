import type { Job, SavedJob } from './job.ts'

/** Points of one job, as columns. `values` has a row of `names.length` numbers per step: NaN is absent, Infinity not finite. */
export interface PointBatch {
  readonly jobId: string
  readonly steps: Float64Array
  readonly times: Float64Array
  readonly names: readonly string[]
  readonly values: Float64Array
}

/** What became of a batch; rows are places in it. */
export interface AddedPoints {
  /** Rows of a later epoch whose steps begin again, and the steps that they were given. */
  readonly continued: readonly (readonly [row: number, step: number])[]
  /** Rows of a step that had other numbers of these names, which are gone. */
  readonly replaced: readonly { readonly row: number; readonly names: readonly string[] }[]
}

/** A point as it is kept: `step`, its numbers, `timestamp`; a number that is not finite is null. */
export interface KeptPoint {
  readonly id: number
  readonly values: Readonly<Record<string, number | null>>
}

/** Points as JSON objects with commas between them. */
export interface PointsText {
  readonly text: string
  readonly count: number
  readonly lastStep: number | undefined
  /** The highest row id of all jobs then: what comes later has a higher one. */
  readonly lastId: number
}

/** Which points are asked for: those after the step `since`, up to `until`, all their numbers or only `keys`. */
export interface PointsAsked {
  readonly jobId: string
  readonly since: number
  readonly until?: number
  readonly keys?: readonly string[]
}

/**
 * Where jobs and their points are kept. What a call changes is on disk when it resolves; it rejects within seconds, with a
 * PodError, while the volume cannot be used.
 */
export interface JobStore {
  /** Fails what an earlier run of podmate left running; gives the ids. */
  recover(runId: string, reason: string): Promise<readonly string[]>
  save(job: SavedJob): Promise<void>
  /** Newest first. */
  list(limit: number): Promise<readonly Job[]>
  find(id: string): Promise<Job | undefined>
  /** Tells what became of each batch. */
  add(batches: readonly PointBatch[]): Promise<readonly AddedPoints[]>
  page(asked: PointsAsked & { readonly limit: number }): Promise<PointsText>
  /** At most `points`, the extremes of every number among them. */
  sample(asked: PointsAsked & { readonly points: number }): Promise<PointsText>
  /** In the order in which they came. */
  after(jobId: string, id: number, limit: number): Promise<readonly KeptPoint[]>
  cursor(jobId: string, url: string): Promise<number>
  saveCursor(jobId: string, url: string, id: number): Promise<void>
  /** Told in words what happened to the store itself. */
  onNotice(listener: (text: string) => void): void
}
