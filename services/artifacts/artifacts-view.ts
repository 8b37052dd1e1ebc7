import type { JsonObject } from '../../supervisor/service.ts'
import type { FlushRecord } from './flush-book.ts'
import type { FileProgress, PassedOver, UploadReport } from './uploader/upload-report.ts'

/** What is known of uploads at this moment. */
export interface ArtifactsState {
  /** Absent while the uploader has not said anything since podmate started. */
  readonly report: UploadReport | undefined
  /** Why nothing is uploaded, as far as no report tells: disabled, or the process is not running. */
  readonly reason: string | undefined
  readonly uploader: { readonly pid: number; readonly rssBytes: number | undefined } | undefined
  /** Newest first. */
  readonly flushes: readonly FlushRecord[]
}

const longest = 300
/** The remedy stands at its end. */
const longestProblem = 1500

/** The state as JSON, with at most `entries` of each list: for GET /artifacts and for /status. Pure. */
export function artifactsView(state: ArtifactsState, entries: number): JsonObject {
  const { report, reason, uploader, flushes } = state
  return {
    activity: report && reason === undefined ? report.activity : 'off',
    ...(reason === undefined ? {} : { reason }),
    ...(report ? reportView(report, entries) : {}),
    ...(uploader
      ? { uploader: { pid: uploader.pid, ...(uploader.rssBytes ? { rss_bytes: uploader.rssBytes } : {}) } }
      : {}),
    flushes: flushes.slice(0, entries).map((flush) => flushView(flush, entries)),
  }
}

function reportView(report: UploadReport, entries: number): JsonObject {
  const { repo, totals, lastCommit, lastProblem, scan } = report
  return {
    ...(repo ? { repo } : {}),
    warnings: report.warnings.slice(0, entries).map((text) => short(text)),
    safe: { files: report.safeFiles, bytes: report.safeBytes },
    pending: {
      files: report.pendingFiles,
      bytes: report.pendingBytes,
      next: report.next.slice(0, entries).map(fileView),
    },
    unmatched: {
      files: report.unmatchedFiles,
      some: report.unmatched.slice(0, entries).map((path) => short(path)),
    },
    refused: { files: report.refusedFiles, some: report.refused.slice(0, entries).map(passedOver) },
    parts_missing: {
      files: report.partsMissingFiles,
      some: report.partsMissing.slice(0, entries).map(passedOver),
    },
    unreadable: report.unreadable.slice(0, entries).map(passedOver),
    totals: {
      commits: totals.commits,
      files_committed: totals.filesCommitted,
      bytes_uploaded: totals.bytesUploaded,
      retries: totals.retries,
    },
    last_commit: lastCommit ? { ...withTime(lastCommit) } : null,
    last_problem: lastProblem
      ? { ...withTime(lastProblem), text: short(lastProblem.text, longestProblem) }
      : null,
    ...(report.nextTryMs === undefined ? {} : { next_try: time(report.nextTryMs) }),
    scan: { files: scan.files, entries: scan.entries, took_ms: Math.round(scan.tookMs) },
    ...(report.journalProblem === undefined ? {} : { journal_problem: short(report.journalProblem) }),
  }
}

/** A flush as JSON. Pure. */
export function flushView({ id, atMs, deadlineMs, outcome }: FlushRecord, entries: number): JsonObject {
  const head = { id, at: time(atMs), deadline_seconds: Math.round(deadlineMs) / 1000 }
  if (!outcome) return { ...head, done: false }
  return {
    ...head,
    done: true,
    left_files: outcome.leftFiles,
    left_bytes: outcome.leftBytes,
    left: outcome.left.slice(0, entries).map((text) => short(text)),
    ...(outcome.reason === undefined ? {} : { reason: short(outcome.reason) }),
  }
}

function fileView({ path, state, bytesSent, total, note }: FileProgress): JsonObject {
  const why = note === undefined ? {} : { note: short(note) }
  return { path: short(path), state, bytes_sent: bytesSent, bytes_total: total, ...why }
}

function passedOver({ path, reason }: PassedOver): JsonObject {
  return { path: short(path), reason: short(reason) }
}

function withTime<Of extends { readonly atMs: number }>({ atMs, ...rest }: Of) {
  return { ...rest, at: time(atMs) }
}

const time = (ms: number) => new Date(ms).toISOString()
const short = (text: string, most = longest) =>
  text.length > most ? `${text.slice(0, most - 1).toWellFormed()}…` : text
