import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

export interface RunProgramOptions {
  readonly input?: string
  readonly user?: { readonly uid: number; readonly gid: number }
  readonly env?: Readonly<Record<string, string>>
  readonly limitMs?: number
}

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Runs a short program and gives what it printed. Rejects with its last words when it fails or takes too long. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: RunProgramOptions = {},
): Promise<string> {
  const { input = '', user, env = {}, limitMs = 5000 } = options
  const child = spawn(command, args, {
    cwd: '/',
    env: { PATH: path, LC_ALL: 'C', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
    ...user,
  })
  child.stdin.on('error', () => {}) // it did not want its input: its exit code tells
  child.stdin.end(input)
  const [out, words, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'), // rejects when the program cannot be started
  ])
  if (code === 0) return out
  const why = signal === 'SIGKILL' ? `did not end within ${limitMs} ms` : `exit ${code}`
  throw new Error(words.trim() || `${command}: ${why}`)
}
