import { accessSync, constants, mkdirSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import roll from 'pino-roll'
import type { LogLine } from '../supervisor/pod.ts'

/** Takes a redacted line, as JSON and in parts. */
export type LogSink = (json: string, line: LogLine) => void

/** Beyond this much unwritten output lines are dropped: a terminal that is held with Ctrl-S must not fill memory. */
const unwrittenBytes = 4 * 1024 * 1024
const fileSize = '10m'
const keptFiles = 5

/** Writes to stdout without ever blocking on it: one JSON object a line, or `time service | text`. */
export function stdoutSink(format: 'json' | 'pretty'): { readonly sink: LogSink; flush(): void } {
  const out = pino.destination({ dest: 1, sync: false, maxLength: unwrittenBytes })
  out.on('error', () => {}) // the terminal has gone: the log file goes on
  const width = 13
  const sink: LogSink = (json, { at, service, text }) => {
    out.write(
      format === 'json'
        ? json
        : `${new Date(at).toISOString().slice(11, 23)} ${service.padEnd(width)}| ${text}\n`,
    )
  }
  return { sink, flush: () => ignoreErrors(() => out.flushSync()) }
}

/** Appends to `podmate.log` in `folder`, 10 MB a file, the last five kept. `onError` is told once when it cannot. */
export async function fileSink(folder: string, onError: (error: Error) => void): Promise<LogSink> {
  const file = await roll({
    file: join(folder, 'podmate'),
    extension: '.log',
    size: fileSize,
    limit: { count: keptFiles },
    mkdir: true,
    maxLength: unwrittenBytes,
  })
  file.once('error', onError)
  file.on('error', () => {}) // told once: each further line would say the same
  return (json) => file.write(json)
}

/** The folder of the live logs: POD_LOG_DIR, else /var/log/podmate when it can be written, else a temporary one. */
export function logFolder(wanted: string | undefined, instance: string): string {
  if (wanted !== undefined) return wanted
  const shared = join('/var/log/podmate', instance)
  if (canWrite(shared)) return shared
  return join(tmpdir(), `podmate-${userInfo().uid}`, instance, 'logs')
}

function canWrite(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function ignoreErrors(job: () => void): void {
  try {
    job()
  } catch {
    // nothing can be written any more, and nobody is there to read it
  }
}
