import { eventLine } from '../../services/artifacts/event-line.ts'
import { hubClient } from '../../services/artifacts/uploader/hub/hub-client.ts'
import type { HubRepo } from '../../services/artifacts/uploader/hub/hub-repo.ts'
import { Journal, type JournalStore, journalName } from '../../services/artifacts/uploader/journal.ts'
import type { UploadOptions } from '../../services/artifacts/uploader/options.ts'
import type { FlushOutcome } from '../../services/artifacts/uploader/protocol.ts'
import { startReports } from '../../services/artifacts/uploader/reporter.ts'
import { Transfers } from '../../services/artifacts/uploader/transfers.ts'
import type { UploadReport } from '../../services/artifacts/uploader/upload-report.ts'
import { Uploader } from '../../services/artifacts/uploader/uploader.ts'
import { dryHub, type Wish } from './dry-hub.ts'

export interface SyncOrder {
  readonly options: UploadOptions
  readonly token: string
  readonly store: JournalStore
  readonly deadlineMs: number
  /** Where a dry run notes what would have been done. */
  readonly wish: Wish | undefined
  readonly verbose: boolean
  readonly stop: AbortSignal
  onReport(report: UploadReport): void
  onLine(text: string): void
}

/** Looks at everything once, sends what differs, and says what is left and what is refused. */
export async function syncOnce(
  order: SyncOrder,
): Promise<{ outcome: FlushOutcome; report: UploadReport | undefined }> {
  const { options, token, wish, verbose } = order
  const transfers = new Transfers()
  const ended = new AbortController()
  const journal = new Journal(order.store, journalName(options.target))
  const uploader = new Uploader({
    ...{ options, journal, transfers, hub: hubOf(order, transfers), ownSecrets: [token] },
    tell(event) {
      const { level, text } = eventLine(event)
      // In a dry run nothing is committed, whatever the uploader believes.
      const isShown = level !== 'debug' || verbose
      if (isShown && !(wish && (event.type === 'committed' || event.type === 'uploaded'))) order.onLine(text)
    },
  })
  let report: UploadReport | undefined
  const endReports = startReports(uploader, (made) => {
    report = made
    order.onReport(made)
  })
  const running = uploader.run(AbortSignal.any([order.stop, ended.signal]))
  const outcome = await uploader.flush(order.deadlineMs)
  endReports()
  ended.abort()
  await running
  return { outcome, report }
}

function hubOf({ options, token, wish }: SyncOrder, transfers: Transfers): HubRepo {
  const hubOptions = {
    ...options,
    token,
    onBytes: (path: string, count: number) => transfers.add(path, count),
    onRetry: () => {
      transfers.retries += 1
    },
  }
  return wish ? dryHub(hubOptions, wish) : hubClient(hubOptions)
}
