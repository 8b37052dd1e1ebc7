import { formatBytes } from './format-bytes.ts'
import type { UploadEvent } from './uploader/protocol.ts'

export interface EventLine {
  readonly level: 'debug' | 'info' | 'warn'
  readonly text: string
}

/** An event of the uploader as a line of the log; `debug` is for HF_SYNC_VERBOSE. Pure. */
export function eventLine(event: UploadEvent): EventLine {
  switch (event.type) {
    case 'opened': {
      const kind = event.private ? 'private' : 'public'
      return { level: 'info', text: `uploads go to ${event.url} (${kind}) as ${event.user}` }
    }
    case 'warning':
      return { level: 'warn', text: event.text }
    case 'uploaded':
      return { level: 'debug', text: `uploaded ${event.path} (${formatBytes(event.bytes)})` }
    case 'committed':
      return { level: 'info', text: committed(event) }
    case 'refused':
      return { level: 'warn', text: `${event.path} is not uploaded: ${event.reason}` }
    case 'unsettled':
      return {
        level: 'warn',
        text: `${event.path} waits for ${Math.round(event.forMs / 1000)} s already: ${event.reason}`,
      }
    case 'as-it-is':
      return {
        level: 'warn',
        text: `${event.path} goes up as it is, it does not change any more: ${event.reason}`,
      }
    case 'unmatched':
      return { level: 'warn', text: unmatched(event) }
    case 'problem':
      return { level: 'warn', text: `${event.text} (next try in ${Math.ceil(event.retryMs / 1000)} s)` }
    case 'recovered':
      return { level: 'info', text: 'uploads go on' }
    case 'journal-lost':
      return { level: 'warn', text: `${event.reason}; uploads go on` }
    case 'journal-kept':
      return { level: 'info', text: 'the journal of uploads is kept again' }
  }
}

function unmatched({ files, some }: Extract<UploadEvent, { type: 'unmatched' }>): string {
  const more = files > some.length ? ', …' : ''
  return `${files} ${files === 1 ? 'file stays' : 'files stay'} in the pod only, no pattern of HF_SYNC_PATTERNS names ${files === 1 ? 'it' : 'them'}: ${some.join(', ')}${more}`
}

function committed({ files, deleted, bytes, url }: Extract<UploadEvent, { type: 'committed' }>): string {
  const added = `${files} ${files === 1 ? 'file' : 'files'} (${formatBytes(bytes)})`
  const gone = deleted === 0 ? '' : `, ${deleted} deleted`
  return `committed ${added}${gone}: ${url}`
}
