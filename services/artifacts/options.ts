import type { JournalStore } from './uploader/journal.ts'
import type { UploadOptions } from './uploader/options.ts'

/** Parsed values of the environment, and what the service is given by others. */
export interface ArtifactsOptions {
  readonly upload: UploadOptions
  /** HF_TOKEN; it leaves this process in a message to the uploader, and in no other way. */
  readonly token: string
  /** Why nothing is uploaded here; the service is then disabled, and its routes say so. */
  readonly disabled: string | undefined
  /** Where the journal is kept. */
  readonly journal: JournalStore
  /** The whole environment of the uploader. */
  readonly env: Readonly<Record<string, string>>
  /** HF_SYNC_VERBOSE: a log line for every file. */
  readonly verbose: boolean
  /** FLUSH_DEADLINE_SECONDS: for a flush that says nothing else. */
  readonly flushDeadlineMs: number
  /** How long POST /artifacts/flush waits before it answers that it goes on. */
  readonly answerMs?: number
}
