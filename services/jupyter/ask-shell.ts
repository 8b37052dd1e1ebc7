import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

export interface Asker {
  readonly env: Readonly<Record<string, string>>
  /** The account that asks; absent = who we are. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
}

export interface ShellAnswer {
  readonly exitCode: number | null
  readonly out: string
}

/**
 * Runs a short script in a process of its own, because a file call on a hung volume does not return: undefined when
 * there is no answer within `timeoutMs`. The process is killed then, and not waited for.
 */
export async function askShell(
  script: string,
  args: readonly string[],
  { env, user }: Asker,
  timeoutMs: number,
): Promise<ShellAnswer | undefined> {
  const child = spawn('/bin/sh', ['-c', script, 'sh', ...args], {
    cwd: '/',
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
    ...user,
  })
  const out = text(child.stdout).catch(() => '')
  const { promise, resolve, reject } = Promise.withResolvers<ShellAnswer | undefined>()
  const timer = setTimeout(() => {
    child.kill('SIGKILL')
    child.stdout.destroy()
    child.unref()
    resolve(undefined)
  }, timeoutMs)
  child.once('error', reject)
  child.once('close', async (exitCode) => resolve({ exitCode, out: (await out).trim() }))
  return promise.finally(() => clearTimeout(timer))
}
