import type { ProblemKind } from './hub/hub-problem.ts'
import type { UploadOptions } from './options.ts'
import type { UploadReport } from './upload-report.ts'

/** What the uploader is told. The first message is `start`; it ends by itself when the channel closes. */
export type ToUploader =
  | { readonly type: 'start'; readonly options: UploadOptions; readonly token: string }
  /** Send all that can be sent now, pace waived, within `deadlineMs`; answered by `flushed` with the same id. */
  | { readonly type: 'flush'; readonly id: number; readonly deadlineMs: number }
  | JournalAnswer

/** A call of StatePort that the parent makes for the uploader, and answers. */
export type JournalRequest = { readonly type: 'journal'; readonly id: number; readonly name: string } & (
  | { readonly call: 'read' }
  | { readonly call: 'append' | 'write'; readonly text: string }
)

/** `text` answers `read` where there is such a file; `problem` says why the call was rejected. */
export interface JournalAnswer {
  readonly type: 'journal'
  readonly id: number
  readonly text?: string
  readonly problem?: string
}

/** What the uploader tells. */
export type FromUploader =
  | { readonly type: 'started' }
  | JournalRequest
  /** Everything there is to know now; at most four a second. */
  | { readonly type: 'report'; readonly report: UploadReport }
  | { readonly type: 'event'; readonly event: UploadEvent }
  | { readonly type: 'flushed'; readonly id: number; readonly outcome: FlushOutcome }

/** What came of a flush. */
export interface FlushOutcome {
  /** Paths on the Hub that are not safe, sorted; at most 1000 of them. */
  readonly left: readonly string[]
  readonly leftFiles: number
  readonly leftBytes: number
  /** Why something is left, in words; absent when nothing is. */
  readonly reason?: string
}

/** What happened, once each, for the log. */
export type UploadEvent =
  | { readonly type: 'opened'; readonly url: string; readonly user: string; readonly private: boolean }
  | { readonly type: 'warning'; readonly text: string }
  | { readonly type: 'uploaded'; readonly path: string; readonly bytes: number }
  | {
      readonly type: 'committed'
      readonly oid: string
      readonly url: string
      readonly files: number
      readonly deleted: number
      readonly bytes: number
    }
  /** A file that will not go up as it is; its path here. */
  | { readonly type: 'refused'; readonly path: string; readonly reason: string }
  /** It has kept changing, or been incomplete, for `forMs`. */
  | { readonly type: 'unsettled'; readonly path: string; readonly reason: string; readonly forMs: number }
  /** It did not change any more, and goes up although it does not look complete. */
  | { readonly type: 'as-it-is'; readonly path: string; readonly reason: string }
  /** Files that match no pattern; the first of them by their paths here. */
  | { readonly type: 'unmatched'; readonly files: number; readonly some: readonly string[] }
  | {
      readonly type: 'problem'
      readonly kind: ProblemKind
      readonly text: string
      readonly retryMs: number
    }
  | { readonly type: 'recovered' }
  | { readonly type: 'journal-lost'; readonly reason: string }
  | { readonly type: 'journal-kept' }
