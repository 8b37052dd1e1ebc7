import { flushText } from '../../services/artifacts/flush-text.ts'
import { formatBytes } from '../../services/artifacts/format-bytes.ts'
import type { OnceOutcome } from '../../services/artifacts/uploader/run-once.ts'
import type { PassedOver } from '../../services/artifacts/uploader/upload-report.ts'

export interface Told {
  /** Whether everything that can go up is on the Hub, or would be. */
  readonly isClean: boolean
  readonly lines: readonly string[]
}

/** What came of a run, in lines. Pure. */
export function outcomeLines(outcome: OnceOutcome): Told {
  return outcome.type === 'planned' ? planned(outcome) : sent(outcome)
}

function sent({ outcome, report }: Extract<OnceOutcome, { type: 'sent' }>): Told {
  const { unreadable, refusedFiles, unmatched, unmatchedFiles, partsMissing } = report
  return {
    isClean: outcome.leftFiles === 0 && unreadable.length === 0 && partsMissing.length === 0,
    lines: [
      ...passedOver('cannot be read', unreadable),
      ...passedOver('is without a part', partsMissing),
      ...leftOut(unmatched, unmatchedFiles),
      ...(refusedFiles > 0 ? [`${refusedFiles} refused, as told above`] : []),
      flushText(outcome),
    ],
  }
}

function planned({
  commits,
  notReady,
  refused,
  unmatched,
  safeFiles,
}: Extract<OnceOutcome, { type: 'planned' }>): Told {
  const files = commits.flat()
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const inCommits = `in ${commits.length} ${commits.length === 1 ? 'commit' : 'commits'}`
  return {
    isClean: notReady.length === 0,
    lines: [
      ...files.map((file) => `would upload ${file.path} (${formatBytes(file.bytes)})`),
      ...passedOver('would wait', notReady),
      ...passedOver('would not go up', refused),
      ...leftOut(unmatched.slice(0, mostNamed), unmatched.length),
      files.length === 0
        ? `Nothing would be uploaded; ${safeFiles} safe.`
        : `${files.length} to upload (${formatBytes(bytes)}) ${inCommits}; ${safeFiles} safe.`,
    ],
  }
}

const mostNamed = 20

function leftOut(some: readonly string[], files: number): readonly string[] {
  if (files === 0) return []
  const rest = files - some.length
  return [
    ...some.map((path) => `${path} stays here: no pattern of HF_SYNC_PATTERNS names it`),
    ...(rest > 0 ? [`and ${rest} more`] : []),
  ]
}

function passedOver(what: string, some: readonly PassedOver[]): readonly string[] {
  return some.map(({ path, reason }) => `${path} ${what}: ${reason}`)
}
