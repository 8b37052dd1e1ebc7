import { formatBytes } from './format-bytes.ts'
import type { FlushOutcome } from './uploader/protocol.ts'

/** What came of a flush, in a sentence. Pure. */
export function flushText({ left, leftFiles, leftBytes, reason }: FlushOutcome): string {
  if (leftFiles === 0) return 'flushed: everything is on the Hub'
  const more = leftFiles > left.length || left.length > 5 ? ', …' : ''
  const names = left.slice(0, 5).join(', ')
  const why = reason === undefined ? '' : ` (${reason})`
  const files = `${leftFiles} ${leftFiles === 1 ? 'file' : 'files'}`
  return `not on the Hub${why}: ${files}, ${formatBytes(leftBytes)}: ${names}${more}`
}
