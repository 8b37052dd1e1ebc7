import type { ProblemKind } from './hub/hub-problem.ts'

/** How far a version of a file is; `committed` is safe. */
export const fileStates = ['seen', 'settled', 'hashed', 'uploaded', 'committed'] as const
export type FileState = (typeof fileStates)[number]

/** A file that is not safe yet. */
export interface FileProgress {
  /** On the Hub. */
  readonly path: string
  readonly state: FileState | 'uploading'
  readonly bytesSent: number
  readonly total: number
  /** Why it waits longer than usual. */
  readonly note?: string
}

/** What is passed over, and why; the path is that of the file here. */
export interface PassedOver {
  readonly path: string
  readonly reason: string
}

export interface LastProblem {
  readonly kind: ProblemKind
  readonly text: string
  /** Wall clock. */
  readonly atMs: number
}

/** What the uploader does: `stopped` waits for the user (a token, a quota) and tries again only now and then. */
export type UploadActivity =
  | 'starting'
  | 'clean'
  | 'waiting'
  | 'hashing'
  | 'uploading'
  | 'backing-off'
  | 'stopped'

/** Everything there is to know about what is safe and what is not. Times are of the wall clock in ms, sizes in bytes. */
export interface UploadReport {
  readonly activity: UploadActivity
  /** Present once the Hub was reached. */
  readonly repo?: { readonly url: string; readonly user: string; readonly private: boolean }
  readonly warnings: readonly string[]
  readonly safeFiles: number
  readonly safeBytes: number
  readonly pendingFiles: number
  readonly pendingBytes: number
  /** The files that go next, at most 20. */
  readonly next: readonly FileProgress[]
  /** At most 20 of `refusedFiles`. */
  readonly refused: readonly PassedOver[]
  readonly refusedFiles: number
  /** Files that no pattern names: they stay here. At most 20 of them, by their paths here. */
  readonly unmatched: readonly string[]
  readonly unmatchedFiles: number
  /** Files that refer to others which are not there; at most 20. */
  readonly partsMissing: readonly PassedOver[]
  readonly partsMissingFiles: number
  /** Folders and files that could not be looked at; at most 20. */
  readonly unreadable: readonly PassedOver[]
  readonly totals: {
    readonly commits: number
    readonly filesCommitted: number
    readonly bytesUploaded: number
    readonly retries: number
  }
  readonly lastCommit?: {
    readonly oid: string
    readonly url: string
    readonly atMs: number
    readonly files: number
  }
  readonly lastProblem?: LastProblem
  /** When it tries again after a problem, or commits at the earliest. */
  readonly nextTryMs?: number
  readonly scan: { readonly files: number; readonly entries: number; readonly tookMs: number }
  /** Absent while the journal is kept. */
  readonly journalProblem?: string
}
