import type { Logger } from 'pino'
import { type Completed, commandHash, isSame, readCompleted, withCompleted } from './completed-record.ts'

/** Where the record is kept, and what tells one training from another. */
export interface CompletedRunsOptions {
  readonly command: string
  readonly cwd: string
  /** Rejects while the volume does not answer. */
  read(): Promise<string | undefined>
  write(text: string): Promise<void>
  /** Of the repository; null: there is none; undefined: it cannot be found out in time. Never rejects. */
  commit(): Promise<string | null | undefined>
}

/** Remembers which trainings have completed, so that a pod that starts again does not pay for them twice. */
export interface CompletedRuns {
  /**
   * Why this training is not to be run again; undefined when it is to be, also when that cannot be known: a pod that
   * trains what it was rented for is better than one that does nothing. Never rejects.
   */
  before(log: Logger): Promise<string | undefined>
  /** To be called when it begins: the result keeps that it has completed, at the commit with which it began. */
  begin(log: Logger): () => Promise<void>
}

/** The completed runs of this command, by a record on the volume. */
export function completedRuns(options: CompletedRunsOptions): CompletedRuns {
  const { command, cwd, read, write, commit } = options
  const hash = commandHash(command, cwd)
  return {
    async before(log) {
      try {
        const kept = readCompleted(await read()).filter((entry) => entry.commandHash === hash)
        if (kept.length === 0) return undefined
        const now = await commit()
        if (now === undefined) throw new Error('git has not told the commit of REPO_DIR in time')
        return reasonOf(kept.find((entry) => isSame(entry, { commandHash: hash, commit: now })))
      } catch (err) {
        log.warn({ err }, 'it cannot be known whether this training has completed before: it is run')
        return undefined
      }
    },
    begin(log) {
      const began = commit()
      return async () => {
        const at = await began
        if (at === undefined) return log.warn('git has not told the commit in time: not kept as completed')
        try {
          const before = readCompleted(await read())
          await write(withCompleted(before, { commandHash: hash, commit: at, at: Date.now() }))
        } catch (err) {
          log.warn({ err }, 'that this training has completed may not be kept')
        }
      }
    },
  }
}

function reasonOf(entry: Completed | undefined): string | undefined {
  if (entry === undefined) return undefined
  const when = `${new Date(entry.at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const where = entry.commit === null ? '' : ` at commit ${entry.commit.slice(0, 7)}`
  return `this command${where} has completed before (${when}); TRAIN_RERUN=1 or \`podctl restart trainer\` runs it again`
}
