import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

/** The account that asks; undefined = who we are. */
export type Asker = { readonly uid: number; readonly gid: number } | undefined

const answerMs = 2000
/** Never the PATH of the user, which may lead over a volume that hangs. */
const systemPath = '/usr/bin:/bin'

export interface ShellAnswer {
  readonly exitCode: number | null
  readonly out: string
}

/**
 * Runs a short script in a process of its own, because a file call on a hung volume does not return: undefined when
 * there is no answer within 2 s. The process is killed then, and not waited for.
 */
export async function askShell(
  script: string,
  args: readonly string[],
  asker: Asker,
): Promise<ShellAnswer | undefined> {
  const child = spawn('/bin/sh', ['-c', script, 'sh', ...args], {
    cwd: '/',
    env: { PATH: systemPath },
    stdio: ['ignore', 'pipe', 'ignore'],
    ...asker,
  })
  const out = text(child.stdout).catch(() => '')
  const { promise, resolve, reject } = Promise.withResolvers<ShellAnswer | undefined>()
  const timer = setTimeout(() => {
    child.kill('SIGKILL')
    child.stdout.destroy()
    child.unref()
    resolve(undefined)
  }, answerMs)
  child.once('error', reject)
  child.once('close', async (exitCode) => resolve({ exitCode, out: (await out).trim() }))
  return promise.finally(() => clearTimeout(timer))
}
