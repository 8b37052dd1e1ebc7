import { countFiles, makeReport } from './make-report.ts'
import type { UploadReport } from './upload-report.ts'
import type { Uploader } from './uploader.ts'

const everyMs = 500
/** Counting may take this share of one core. */
const countShare = 1 / 100

/** Sends a report whenever one differs from the last, at most two a second. Returns what ends it. */
export function startReports(uploader: Uploader, send: (report: UploadReport) => void): () => void {
  let counts = countFiles(uploader)
  let countAtMs = 0
  let lastKey = ''
  let lastText = ''
  let lastBytes = 0
  const report = () => {
    const key = `${uploader.activity} ${uploader.hub.commits} ${uploader.rounds}`
    const { bytes } = uploader.world.transfers
    if (key === lastKey && bytes === lastBytes) return
    lastBytes = bytes
    const nowMs = performance.now()
    if (key !== lastKey && nowMs >= countAtMs) {
      lastKey = key
      counts = countFiles(uploader)
      countAtMs = nowMs + (performance.now() - nowMs) / countShare
    }
    const made = makeReport(uploader, counts)
    const text = JSON.stringify(made)
    if (text === lastText) return
    lastText = text
    send(made)
  }
  const timer = setInterval(report, everyMs)
  return () => {
    clearInterval(timer)
    report()
  }
}
