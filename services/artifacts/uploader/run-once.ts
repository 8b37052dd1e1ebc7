import { pause } from '../../../supervisor/time.ts'
import { dryRun } from './dry-run.ts'
import { type HubSettings, hubFor } from './hub-for.ts'
import { Journal, type JournalStore, journalName } from './journal.ts'
import { countFiles, makeReport } from './make-report.ts'
import type { UploadOptions } from './options.ts'
import type { FlushOutcome, UploadEvent } from './protocol.ts'
import { startReports } from './reporter.ts'
import type { PassedOver, UploadReport } from './upload-report.ts'
import { Uploader } from './uploader.ts'

/** How one run is to be done. */
export interface OnceSettings extends HubSettings {
  /** Says what would be done, and does nothing: not even the repo is made. */
  readonly dryRun?: boolean
  /** Not set: as long as it takes. */
  readonly deadlineMs?: number
  /** Not set: nothing is remembered; the Hub's listing tells what it has. */
  readonly store?: JournalStore
  onReport?(report: UploadReport): void
  onEvent?(event: UploadEvent): void
}

/** One file of a commit that would be made. */
export interface PlannedFile {
  readonly path: string
  readonly bytes: number
}

export type OnceOutcome =
  | { readonly type: 'sent'; readonly outcome: FlushOutcome; readonly report: UploadReport }
  | {
      readonly type: 'planned'
      /** Commits in their order, each with its files. */
      readonly commits: readonly (readonly PlannedFile[])[]
      readonly notReady: readonly PassedOver[]
      readonly refused: readonly PassedOver[]
      /** Files that no pattern names; absolute paths. */
      readonly unmatched: readonly string[]
      /** Files that the Hub has as they are. */
      readonly safeFiles: number
    }

/**
 * Brings the Hub to what the folders hold now. Never rejects where it sends: what did not go through is in the outcome,
 * with the reason. A dry run rejects with a HubProblem. When `signal` aborts, what is under way is taken back.
 */
export async function runOnce(
  options: UploadOptions,
  settings: OnceSettings,
  signal: AbortSignal,
): Promise<OnceOutcome> {
  if (settings.dryRun) return await dryRun(options, settings, signal)
  const { store = nowhere, deadlineMs = Number.POSITIVE_INFINITY, onEvent, onReport } = settings
  const { hub, transfers } = hubFor(options, settings)
  const journal = new Journal(store, journalName(options.target))
  const ownSecrets = [settings.token]
  const uploader = new Uploader({
    options,
    hub,
    transfers,
    journal,
    ownSecrets,
    tell: (event) => onEvent?.(event),
  })
  const end = new AbortController()
  const ended = uploader.run(AbortSignal.any([end.signal, signal]))
  const endReports = startReports(uploader, (report) => onReport?.(report))
  const outcome = await uploader.flush(deadlineMs)
  end.abort()
  await ended
  endReports()
  return { type: 'sent', outcome, report: makeReport(uploader, countFiles(uploader)) }
}

const nowhere: JournalStore = {
  read: async () => undefined,
  append: () => pause(0),
  write: () => pause(0),
}
