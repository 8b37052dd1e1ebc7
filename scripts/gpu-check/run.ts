import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

export interface Ended {
  /** Null when it was killed, or could not be started. */
  readonly code: number | null
  readonly out: string
  /** The last lines of both streams, 30 at most. */
  readonly lines: readonly string[]
}

export interface RunSettings {
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly limitMs: number
}

/** Runs a program to its end; killed after `limitMs`. Never rejects. */
export async function run(
  command: string,
  words: readonly string[],
  { env, cwd, limitMs }: RunSettings,
): Promise<Ended> {
  const child = spawn(command, words, {
    ...{ env, timeout: limitMs, killSignal: 'SIGKILL' },
    ...(cwd !== undefined && { cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<{ code: number | null; problem: string }>((settle) => {
    child.once('error', ({ message }) => settle({ code: null, problem: message }))
    child.once('close', (code, signal) =>
      settle({ code, problem: signal ? `${command} was ended by ${signal}` : '' }),
    )
  })
  const [out, err, { code, problem }] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  const lines = [out, err, problem].flatMap((part) => part.split('\n').map((line) => line.trimEnd()))
  return { code, out, lines: lines.filter((line) => line !== '').slice(-30) }
}
