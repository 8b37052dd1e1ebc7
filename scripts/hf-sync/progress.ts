import { formatBytes } from '../../services/artifacts/format-bytes.ts'
import type { UploadReport } from '../../services/artifacts/uploader/upload-report.ts'

const width = 24
const wipe = '\r\x1b[K'

/** The part of a terminal that the bar needs. */
export interface BarTerminal {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** A progress bar, on a terminal only, and lines above it. */
export function progressBar(terminal: BarTerminal) {
  let most = 0
  let last = ''
  const draw = (text: string) => {
    last = text
    if (terminal.isTTY) terminal.write(`${wipe}${text.slice(0, (terminal.columns ?? 100) - 1)}`)
  }
  return {
    show(report: UploadReport) {
      most = Math.max(most, report.pendingBytes)
      draw(progressLine(report, most))
    },
    line(text: string) {
      terminal.write(`${terminal.isTTY ? wipe : ''}${text}\n`)
      if (last !== '') draw(last)
    },
    clear: () => draw(''),
  }
}

/** `[######------] 3.1 MB of 9.2 MB, 4 files to go, uploading best.pt`; `most`: the bytes that there were to send. Pure. */
export function progressLine(
  { activity, pendingBytes, pendingFiles, totals, next }: UploadReport,
  most: number,
): string {
  const done = Math.max(most - pendingBytes, Math.min(most, totals.bytesUploaded))
  const filled = most === 0 ? 0 : Math.round((width * done) / most)
  const bar = '#'.repeat(filled).padEnd(width, '-')
  const now = next.find(({ state }) => state === 'uploading')
  const doing = now ? `uploading ${now.path}` : activity
  return `[${bar}] ${formatBytes(done)} of ${formatBytes(most)}, ${pendingFiles} to go, ${doing}`
}
