/** What is kept of a training job. Times are epoch milliseconds; the last four fields are counted from its points. */
export interface JobRecord extends SavedJob {
  readonly lastStep: number | null
  readonly lastLoss: number | null
  readonly progress: number | null
  readonly totalPoints: number
}

/** What others decide about a job. */
export interface SavedJob {
  readonly id: string
  readonly name: string
  readonly status: 'pending' | 'running' | 'completed' | 'failed' | 'cancelled'
  readonly token: string
  readonly source: 'trainer' | 'hand'
  readonly command: string | null
  readonly exitCode: number | null
  readonly signal: string | null
  readonly reason: string | null
  readonly error: string | null
  readonly attempts: number
  /** The run of podmate that last had to do with it. */
  readonly runId: string
  readonly createdAt: number
  readonly startedAt: number | null
  readonly endedAt: number | null
}

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
  /** The highest row id that was used; 0: everything was there already. */
  readonly lastId: number
  /** Rows of a later epoch whose steps begin again, and the steps that they were given. */
  readonly continued: readonly (readonly [row: number, step: number])[]
  /** Rows of a step that had other numbers of these names, which are gone. */
  readonly replaced: readonly { readonly row: number; readonly names: readonly string[] }[]
}

/** A point as it is kept; numbers that were reported but are not finite are null. */
export interface KeptPoint {
  readonly id: number
  readonly values: Readonly<Record<string, number | null>>
}

/** JSON objects with commas between them, and how to go on after them. */
export interface PointsText {
  readonly text: string
  readonly count: number
  /** The step of the last one; undefined when there is none. */
  readonly lastStep: number | undefined
  /** The highest row id of all jobs then: what comes later has a higher one. */
  readonly lastId: number
}

/** What jobs.sqlite is asked. A new kind needs a line here, in `JobsReplies` and in child/jobs/answer-call.ts. */
export type JobsCall =
  /** Ends what an earlier run of podmate left running; replies their ids. */
  | { readonly call: 'recover'; readonly runId: string; readonly reason: string }
  | { readonly call: 'save'; readonly job: SavedJob }
  /** Newest first. */
  | { readonly call: 'list'; readonly limit: number }
  | { readonly call: 'find'; readonly id: string }
  /** All or nothing, on disk when it replies what became of each batch. */
  | { readonly call: 'add'; readonly batches: readonly PointBatch[] }
  /** Every point after the step `since` up to `until`, in the order of steps. */
  | {
      readonly call: 'page'
      readonly jobId: string
      readonly since: number
      readonly until?: number
      readonly keys?: readonly string[]
      readonly limit: number
    }
  /** At most `points` of them, the lowest and highest value of each key among them. */
  | {
      readonly call: 'sample'
      readonly jobId: string
      readonly since: number
      readonly until?: number
      readonly keys?: readonly string[]
      readonly points: number
    }
  /** Points in the order in which they came. */
  | { readonly call: 'after'; readonly jobId: string; readonly id: number; readonly limit: number }
  /** How far points were forwarded to an address. */
  | { readonly call: 'cursor'; readonly jobId: string; readonly url: string }
  | { readonly call: 'save-cursor'; readonly jobId: string; readonly url: string; readonly id: number }

export interface JobsReplies {
  readonly recover: readonly string[]
  readonly save: undefined
  readonly list: readonly JobRecord[]
  readonly find: JobRecord | undefined
  readonly add: readonly AddedPoints[]
  readonly page: PointsText
  readonly sample: PointsText
  readonly after: readonly KeptPoint[]
  readonly cursor: number
  readonly 'save-cursor': undefined
}
export type JobsCallName = JobsCall['call']
export type JobsCallOf<Name extends JobsCallName> = Extract<JobsCall, { readonly call: Name }>

/** A reply, and what must be told about the database itself: that it was damaged, and where it is now. */
export interface JobsAnswer {
  readonly reply: unknown
  readonly said: readonly string[]
}
