import { byImportance } from './importance.ts'
import { unsafeFiles } from './left-behind.ts'
import type { ScannedFile } from './scan-folder.ts'
import type { FileProgress, UploadReport } from './upload-report.ts'
import type { Uploader } from './uploader.ts'

const mostShown = 20
/** Sorting more than this for the sake of a list of 20 is not worth it. */
const mostSorted = 5000

/** How many files are safe and pending, and the first of those. Costs a look at every file. */
export type FileCounts = Pick<UploadReport, 'safeFiles' | 'safeBytes' | 'pendingFiles' | 'pendingBytes'> & {
  readonly first: readonly ScannedFile[]
}

/** Counts what is safe. */
export function countFiles({ local, hub }: Uploader): FileCounts {
  const { book } = local
  const unsafe = [...unsafeFiles(book, hub.remote)]
  const pendingBytes = bytesOf(unsafe)
  const wanted = [...(book.scan?.files.values() ?? [])].filter(
    ({ remotePath }) => !book.isRefused(remotePath),
  )
  const first = unsafe.length > mostSorted ? unsafe : unsafe.map(sortable).sort(byImportance)
  return {
    safeFiles: wanted.length - unsafe.length,
    safeBytes: bytesOf(wanted) - pendingBytes,
    pendingFiles: unsafe.length,
    pendingBytes,
    first: first.slice(0, mostShown),
  }
}

/** Everything there is to know; `counts` may be older. */
export function makeReport(uploader: Uploader, { first, ...counts }: FileCounts): UploadReport {
  const { local, hub, trouble, world, deletions } = uploader
  const { scan } = local.book
  const refused = local.book.refusals()
  const partsMissing = local.book.partsMissing()
  const { problem } = world.journal
  return {
    activity: uploader.activity,
    ...(hub.opened && { repo: { url: hub.opened.url, user: hub.opened.user, private: hub.opened.private } }),
    warnings: [...(hub.opened?.warnings ?? []), ...deletions.heldBack],
    ...counts,
    next: first.map((file) => progressOf(file, uploader)),
    refused: refused.slice(0, mostShown),
    refusedFiles: refused.length,
    unmatched: (scan?.unmatched ?? []).slice(0, mostShown),
    unmatchedFiles: scan?.unmatched.length ?? 0,
    partsMissing: partsMissing.slice(0, mostShown),
    partsMissingFiles: partsMissing.length,
    unreadable: (scan?.unreadable ?? []).slice(0, mostShown),
    totals: {
      commits: hub.commits,
      filesCommitted: hub.filesCommitted,
      bytesUploaded: world.transfers.bytes,
      retries: world.transfers.retries,
    },
    ...(hub.lastCommit && { lastCommit: hub.lastCommit }),
    ...(trouble.last && { lastProblem: trouble.last }),
    ...(uploader.nextTryMs !== undefined && {
      nextTryMs: Math.round(performance.timeOrigin + uploader.nextTryMs),
    }),
    scan: {
      files: scan?.files.size ?? 0,
      entries: scan?.entries ?? 0,
      tookMs: Math.round(scan?.tookMs ?? 0),
    },
    ...(problem !== undefined && { journalProblem: problem }),
  }
}

function progressOf(file: ScannedFile, { local, world }: Uploader): FileProgress {
  const { remotePath, identity } = file
  const bytesSent = world.transfers.sent(remotePath)
  const note = local.book.noteOf(remotePath)
  const state = bytesSent > 0 ? 'uploading' : local.book.stateOf(file)
  return { path: remotePath, state, bytesSent, total: identity.size, ...(note !== undefined && { note }) }
}

function bytesOf(files: readonly ScannedFile[]): number {
  return files.reduce((sum, { identity }) => sum + identity.size, 0)
}

function sortable(file: ScannedFile): ScannedFile & { size: number; mtimeMs: number } {
  return { ...file, size: file.identity.size, mtimeMs: file.identity.mtimeMs }
}
