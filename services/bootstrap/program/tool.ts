import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { passOn } from './say.ts'

const keptLines = 500

export interface ToolOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Lines go into the log as they come, as `<name>: <line>`; absent = they are only kept. */
  readonly logAs?: string
}

/** How a foreign program ended. A missing exit code is never a success. */
export interface ToolEnd {
  readonly ok: boolean
  /** `exit 128`, `signal SIGKILL`, or why it could not be started. */
  readonly words: string
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end; never rejects. It stays in our process group, so that a stop reaches it too. */
export async function runTool(
  command: string,
  args: readonly string[],
  { cwd, env, logAs }: ToolOptions,
): Promise<ToolEnd> {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = Promise.all([linesOf(child.stdout, logAs), linesOf(child.stderr, logAs)])
  try {
    const [code, signal] = await once(child, 'exit')
    const [stdout, stderr] = await output
    const words = code === null ? `signal ${signal}` : `exit ${code}`
    return { ok: code === 0, words, stdout, stderr }
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    return { ok: false, words, stdout: '', stderr: words }
  }
}

async function linesOf(pipe: Readable, logAs: string | undefined): Promise<string> {
  const kept: string[] = []
  for await (const line of createInterface({ input: pipe })) {
    if (logAs !== undefined && line !== '') passOn(logAs, line)
    kept.push(line)
    if (kept.length > keptLines) kept.shift()
  }
  return kept.join('\n')
}
