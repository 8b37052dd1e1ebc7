import { createHash } from 'node:crypto'
import pino, { type Logger } from 'pino'
import { secretValues, type Variables } from '../environment/secrets.ts'
import type { Environment } from '../environment.ts'
import { type LogBook, newLogBook } from '../supervisor/log-book.ts'
import { redactor } from '../supervisor/redact.ts'
import { fileSink, type LogSink, logFolder, stdoutSink } from './log-sinks.ts'

export interface PodLog {
  /** Names no service: the parent of what services write to. */
  readonly root: Logger
  /** For what podmate itself has to say. */
  readonly log: Logger
  readonly book: LogBook
  readonly redact: (text: string) => string
  /** Where the log files are. */
  readonly folder: string
  /** Opens the log file; until then lines go to stdout and are kept for podctl. Never rejects. */
  openFile(): Promise<void>
  flush(): void
}

/** The log of the pod, in service at once. Every line passes the redactor before anybody gets it. */
export function openLog(values: Environment['values'], env: Variables, stateDir: string): PodLog {
  const { LOG_FORMAT = 'auto', POD_LOG_DIR } = values.logs ?? {}
  const pretty = LOG_FORMAT === 'pretty' || (LOG_FORMAT === 'auto' && process.stdout.isTTY)
  const stdout = stdoutSink(pretty ? 'pretty' : 'json')
  const sinks: LogSink[] = [stdout.sink]
  const redact = redactor(secretValues(env))
  const book = newLogBook(redact, sinks)
  const root = pino({ base: null }, book)
  const log = root.child({ service: 'podmate' })
  const folder = logFolder(POD_LOG_DIR, createHash('sha256').update(stateDir).digest('hex').slice(0, 12))
  const cannotWrite = (err: unknown) => log.warn({ err }, `the log file in ${folder} cannot be written`)
  return {
    ...{ root, log, book, redact, folder },
    async openFile() {
      try {
        sinks.push(await fileSink(folder, cannotWrite))
      } catch (error) {
        cannotWrite(error)
      }
    },
    flush: stdout.flush,
  }
}
