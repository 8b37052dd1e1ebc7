/** A game and the prefixes of it that are asked, shortest first: lengths in plies. */
export interface Script {
  readonly moves: readonly string[]
  readonly lengths: readonly number[]
}

/** What a process of clients is told to do: every client takes the next script and asks it to its end. */
export interface Job {
  readonly port: number
  readonly clients: number
  /** Asked but not counted: the time until all clients are in their stride. */
  readonly rampMs: number
  readonly measureMs: number
  readonly scripts: readonly Script[]
}

/** What came of it: only answers with status 200 that arrived while it was measured count. */
export interface Measured {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly answers: number
  /** CPU of the clients themselves, in percent of a core. */
  readonly clientPercent: number
}

/** The last message of the process. */
export type Outcome =
  | { readonly type: 'measured'; readonly measured: Measured }
  | { readonly type: 'failed'; readonly reason: string }
