import type { UploadReport } from './uploader/upload-report.ts'

type Totals = UploadReport['totals']

const none: Totals = { commits: 0, filesCommitted: 0, bytesUploaded: 0, retries: 0 }

/** The last report; totals and last commit go on where those of an earlier uploader ended. */
export class KnownReport {
  #before = none
  #last: UploadReport | undefined

  get report(): UploadReport | undefined {
    return this.#last && { ...this.#last, totals: sum(this.#before, this.#last.totals) }
  }

  take(report: UploadReport): void {
    const lastCommit = report.lastCommit ?? this.#last?.lastCommit
    this.#last = { ...report, ...(lastCommit ? { lastCommit } : {}) }
  }

  /** The next report is of a new uploader, which counts from zero. */
  startOver(): void {
    if (!this.#last) return
    this.#before = sum(this.#before, this.#last.totals)
    this.#last = { ...this.#last, activity: 'starting', totals: none }
  }
}

function sum(a: Totals, b: Totals): Totals {
  return {
    commits: a.commits + b.commits,
    filesCommitted: a.filesCommitted + b.filesCommitted,
    bytesUploaded: a.bytesUploaded + b.bytesUploaded,
    retries: a.retries + b.retries,
  }
}
