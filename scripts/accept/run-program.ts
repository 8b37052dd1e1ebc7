import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface RunOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly timeoutMs: number
}

/** Runs a program to its end and gives its exit code (null: killed, perhaps for taking too long) and all that it wrote. */
export async function runProgram(
  command: string,
  args: readonly string[],
  { cwd, env, timeoutMs }: RunOptions,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(command, args, {
    ...{ cwd, env, timeout: timeoutMs, killSignal: 'SIGKILL' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => chunks.push(String(chunk)))
  }
  const [code] = await once(child, 'close')
  return { code, output: chunks.join('') }
}
