import { basename } from 'node:path'
import { type LoadProgress, loadStages } from '../model-host/protocol.ts'

/** The part of a terminal that the bar needs. */
export interface ProgressTerminal {
  readonly isTTY?: boolean
  write(text: string): unknown
}

const width = 24

/** Draws a progress bar while a model is loaded, on a terminal only; `clear` wipes it. */
export function loadProgress(terminal: ProgressTerminal): {
  show(progress: LoadProgress): void
  clear(): void
} {
  if (!terminal.isTTY) return { show: () => {}, clear: () => {} }
  return {
    show: (progress) => void terminal.write(`\r\x1b[K${progressLine(progress)}`),
    clear: () => void terminal.write('\r\x1b[K'),
  }
}

/** `model.pt [########----------------] read 3.1 of 9.2 MB`. */
export function progressLine({ stage, path, bytesRead, bytesTotal }: LoadProgress): string {
  const share = bytesRead && bytesTotal ? Math.min(1, bytesRead / bytesTotal) : 0
  const filled = Math.round((width * (loadStages.indexOf(stage) + share)) / loadStages.length)
  const bar = '#'.repeat(filled).padEnd(width, '-')
  const bytes = bytesRead && bytesTotal ? ` ${megabytes(bytesRead)} of ${megabytes(bytesTotal)} MB` : ''
  return `${basename(path)} [${bar}] ${stage}${bytes}`
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}
