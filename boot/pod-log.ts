import pino, { type Logger } from 'pino'
import { secretValues, type Variables } from '../environment/secrets.ts'
import type { Environment } from '../environment.ts'
import { type LogBook, newLogBook } from '../supervisor/log-book.ts'
import { type Redactor, redactor } from '../supervisor/redact.ts'
import { fileSink, logFolder, stdoutSink, type Terminal } from './log-sinks.ts'
import { instanceName } from './own-folder.ts'

export interface PodLog {
  /** Names no service: the parent of what services write to. */
  readonly root: Logger
  /** For what podmate itself has to say. */
  readonly log: Logger
  readonly book: LogBook
  readonly redact: Redactor
  /** Where the log files are. */
  readonly folder: string
  readonly terminal: Terminal
  /** Opens the log file; lines that came before go into it too. Never rejects. */
  openFile(): Promise<void>
  /** The last call: settles when all lines have been written out, as far as they can be. */
  close(): Promise<void>
}

/** The log of the pod, in service at once. Every line passes the redactor before anybody gets it. */
export function openLog(values: Environment['values'], env: Variables, stateDir: string): PodLog {
  const { LOG_FORMAT = 'auto', POD_LOG_DIR } = values.logs ?? {}
  const pretty = LOG_FORMAT === 'pretty' || (LOG_FORMAT === 'auto' && process.stdout.isTTY)
  const stdout = stdoutSink(pretty ? 'pretty' : 'json')
  const folder = logFolder(POD_LOG_DIR, instanceName(stateDir))
  const file = fileSink(folder, (err) => log.warn({ err }, `the log file in ${folder} cannot be written`))
  const redact = redactor(secretValues(env))
  const book = newLogBook(redact, [stdout.sink, file.sink])
  const root = pino({ base: null }, book)
  const log = root.child({ service: 'podmate' })
  return {
    ...{ root, log, book, redact, folder, terminal: stdout.terminal },
    openFile: file.open,
    async close() {
      await Promise.all([stdout.close(), file.close()])
    },
  }
}

/** The same maker of secrets, whose secrets no log, status or event will show. */
export function hidden({ redact }: PodLog, secret: () => Promise<string>): () => Promise<string> {
  return async () => {
    const made = await secret()
    redact.add(made)
    return made
  }
}
