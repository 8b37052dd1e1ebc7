import { once } from 'node:events'
import { accessSync, constants, mkdirSync, openSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import type { RollingFile } from 'pino-roll'
import type { LogLine } from '../supervisor/pod.ts'
import { settledWithin } from '../supervisor/time.ts'
import { ownUid } from './own-folder.ts'

/** Takes a redacted line, as JSON and in parts. */
export type LogSink = (json: string, line: LogLine) => void

/** Where log lines go. */
export interface LogOutput {
  readonly sink: LogSink
  /** The last call: settles when what was written has gone out, or cannot go out. */
  close(): Promise<void>
}

/** What draws progress bars: shares its output with the log. */
export interface Terminal {
  readonly isTTY: boolean
  write(text: string): void
}

/** Beyond this much unwritten output lines are dropped: a terminal that is held with Ctrl-S must not fill memory. */
const unwrittenBytes = 4 * 1024 * 1024
const fileSize = '10m'
const keptFiles = 5
const earlyLines = 1000
/** A reader that takes nothing must not hold up the end. */
const closeMs = 500

/** Writes to stdout without ever blocking on it: one JSON object a line, or `time service | text`. */
export function stdoutSink(format: 'json' | 'pretty'): LogOutput & { readonly terminal: Terminal } {
  const out = pino.destination({ dest: stdoutDescriptor(), sync: false, maxLength: unwrittenBytes })
  out.on('error', () => {}) // the terminal has gone: the log file goes on
  const width = 13
  const { isTTY } = process.stdout
  const lineStart = isTTY ? '\r\x1b[K' : '' // over a progress bar
  const sink: LogSink = (json, { at, service, text }) => {
    out.write(
      format === 'json'
        ? json
        : `${lineStart}${new Date(at).toISOString().slice(11, 23)} ${service.padEnd(width)}| ${text}\n`,
    )
  }
  return { sink, terminal: { isTTY, write: (text) => void out.write(text) }, close: () => writtenOut(out) }
}

/**
 * Stdout as a descriptor that never blocks: a pipe that nobody reads, or a terminal that is held (Ctrl-S, an SSH
 * connection that stalls), would keep a thread in `write`, and so the process from its exit.
 */
function stdoutDescriptor(): number {
  if (!process.stdout.isTTY) return 1 // Node itself has set a pipe to non-blocking when it looked at it
  try {
    return openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    return 1 // not Linux, or the terminal of another user
  }
}

/**
 * Appends to `podmate.log` in `folder`, 10 MB a file, the last five kept. Lines that come before `open` are kept for
 * it. `onError` is told once when the file cannot be written.
 */
export function fileSink(
  folder: string,
  onError: (error: unknown) => void,
): LogOutput & { open(): Promise<void> } {
  const early: string[] = []
  let write = (json: string) => {
    if (early.length < earlyLines) early.push(json)
  }
  let file: RollingFile | undefined
  return {
    sink: (json) => write(json),
    async open() {
      try {
        const opened = await openRolling(folder, onError)
        file = opened
        write = (json) => void opened.write(json)
      } catch (error) {
        write = () => {}
        onError(error)
      }
      for (const json of early.splice(0)) write(json)
    },
    close: async () => void (file && (await writtenOut(file))),
  }
}

async function openRolling(folder: string, onError: (error: unknown) => void): Promise<RollingFile> {
  // It brings hundreds of modules, and early lines are kept: a start does not wait for it.
  const { default: roll } = await import('pino-roll')
  const file = await roll({
    file: join(folder, 'podmate'),
    extension: '.log',
    size: fileSize,
    limit: { count: keptFiles },
    mkdir: true,
    maxLength: unwrittenBytes,
  })
  await once(file, 'ready') // rejects when it cannot be opened: a write to it would then throw
  file.once('error', onError)
  file.on('error', () => {}) // told once: each further line would say the same
  return file
}

/** Ends an output; settles when all has been written, or when that fails or takes too long. */
async function writtenOut(out: NodeJS.EventEmitter & { end(): void; destroy(): void }): Promise<void> {
  const closed = once(out, 'close').then(
    () => true,
    () => false, // the reader or the terminal has gone
  )
  out.end()
  const written = (await settledWithin(closed, closeMs)) && (await closed)
  // Else what is unwritten would be written at the exit: again and again, until it succeeds.
  if (!written) out.destroy()
}

/** The folder of the live logs: POD_LOG_DIR, else /var/log/podmate when it can be written, else a temporary one. */
export function logFolder(wanted: string | undefined, instance: string): string {
  if (wanted !== undefined) return wanted
  const shared = join('/var/log/podmate', instance)
  if (canWrite(shared)) return shared
  return join(tmpdir(), `podmate-${ownUid()}`, instance, 'logs')
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
