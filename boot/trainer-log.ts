import type { StatePort } from '../services/state/port.ts'
import type { LogLine, PodView } from '../supervisor/pod.ts'

const everyMs = 1000
/** What is gathered between two writes; a trainer that writes more has its lines suppressed long before. */
const gatheredAtMost = 1_000_000

/**
 * Keeps what the trainer writes on the volume, in `logs/<UTC date>/trainer.log`: once a second, and only when there is
 * something. The result writes what is left, for the end of the pod.
 */
export function keepTrainerLog(pod: PodView, append: StatePort['append']): () => Promise<void> {
  let gathered = ''
  let timer: NodeJS.Timeout | undefined
  const flush = async () => {
    clearTimeout(timer)
    timer = undefined
    const text = gathered
    gathered = ''
    if (text === '') return
    // A volume that is away is told once by the state service, which also keeps the text.
    await append(fileOf(new Date()), text).catch(() => {})
  }
  pod.onLogLine((line) => {
    if (line.service !== 'trainer' || gathered.length > gatheredAtMost) return
    gathered += textOf(line)
    timer ??= setTimeout(() => void flush(), everyMs).unref()
  }, new AbortController().signal)
  return flush
}

function fileOf(now: Date): string {
  return `logs/${now.toISOString().slice(0, 10)}/trainer.log`
}

function textOf({ at, stream, text }: LogLine): string {
  return `${new Date(at).toISOString()} ${stream} ${text}\n`
}
