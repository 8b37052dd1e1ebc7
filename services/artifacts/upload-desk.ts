import { PodError } from '../../supervisor/errors.ts'
import type { ArtifactsState } from './artifacts-view.ts'
import type { FlushBook } from './flush-book.ts'
import type { KnownReport } from './known-report.ts'
import type { FlushOutcome } from './uploader/protocol.ts'
import type { UploaderProcess } from './uploader-process.ts'

/** What outlives one uploader: what is known, and who waits. */
export interface UploadDesk {
  readonly known: KnownReport
  readonly flushes: FlushBook
  readonly state: () => ArtifactsState
  /** The uploader that takes orders; undefined while none does. */
  process: UploaderProcess | undefined
  /** Number of the flush with which the last run was stopped. */
  parting: number | undefined
}

/** Orders a flush of the uploader; settles with what came of it, rejects when the uploader ends. */
export function askFlush(
  { flushes, process }: UploadDesk,
  deadlineMs: number,
): ReturnType<FlushBook['begin']> {
  if (!process) throw new PodError('NOT_RUNNING', 'uploading is not running')
  const flush = flushes.begin(deadlineMs)
  process.send({ type: 'flush', id: flush.id, deadlineMs: Math.round(deadlineMs) })
  return flush
}

/** What is not safe as far as the last report tells. */
export function leftOf({ known }: Pick<UploadDesk, 'known'>): Omit<FlushOutcome, 'reason'> {
  const { pendingFiles = 0, pendingBytes = 0, next = [] } = known.report ?? {}
  return { left: next.map(({ path }) => path).sort(), leftFiles: pendingFiles, leftBytes: pendingBytes }
}
