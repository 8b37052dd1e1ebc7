import { fileURLToPath } from 'node:url'
import { runChild } from '../../supervisor/child.ts'
import { ProgramEnded } from '../../supervisor/ending.ts'
import type { Ending } from '../../supervisor/events.ts'
import type { JsonObject, ServiceContext } from '../../supervisor/service.ts'
import { exitCodes } from './exit-codes.ts'
import { logWith } from './log-with.ts'
import type { Order } from './orders.ts'
import type { TimeLimit } from './time-limit.ts'
import { type Word, wordIn } from './words.ts'

const program = fileURLToPath(new URL('./program/main.ts', import.meta.url))

export interface PhaseOptions {
  readonly env: Readonly<Record<string, string>>
  readonly limit: TimeLimit
  onReport(part: string, facts: JsonObject): void
}

/** One run of the program. Rejects with its exit code and its own sentence about what went wrong. */
export async function runPhase(order: Order, options: PhaseOptions, ctx: ServiceContext): Promise<void> {
  const { limit, onReport } = options
  const { NODE_OPTIONS: _, ...env } = options.env // meant for the user's own Node, not for ours
  let sentence: string | undefined
  const hear = (word: Word) => {
    if (word.type === 'said') ctx.log[word.level](word.text)
    if (word.type === 'report') onReport(word.part, word.details)
    if (word.type === 'failed') sentence = word.sentence
  }
  const log = logWith(ctx.log, (line) => {
    const word = wordIn(line)
    if (word) hear(word)
    return word !== undefined
  })
  const command = process.execPath
  const args = [program, JSON.stringify(order)]
  try {
    // Its own `ready` would say that the work is done: until then this task is starting.
    await runChild({ command, args, env }, { ...ctx, log, stop: limit.stop, kill: limit.kill, ready() {} })
  } catch (error) {
    if (!(error instanceof ProgramEnded)) throw error
    if (limit.expired.aborted) throw new ProgramEnded(tooLate(order, limit.ms))
    if (sentence === undefined) throw error
    const { ending } = error
    throw new ProgramEnded({ ...ending, reason: `${ending.reason}: ${sentence}` })
  }
}

function tooLate({ phase }: Order, ms: number): Ending {
  const exitCode = exitCodes.timedOut
  const work = phase === 'repo' ? 'git in REPO_DIR' : 'pip in VENV_DIR'
  const seconds = `${ms / 1000} s (BOOTSTRAP_TIMEOUT_SECONDS)`
  const reason = `exit ${exitCode}: ${work} did not finish within ${seconds}; see its log, or allow more time`
  return { ok: false, exitCode, signal: null, reason }
}
