import { readFile } from 'node:fs/promises'

/** When a process began, as the kernel counts; undefined where that cannot be read. Tells it from a later one of its pid. */
export async function startOf(pid: number): Promise<string | undefined> {
  return (await statOf(pid))?.[19]
}

/** Whether that process still runs; one that only waits to be reaped does not. */
export async function isAlive(pid: number, started: string | undefined): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it lives, under another account.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  const stat = await statOf(pid)
  if (stat === undefined) return started === undefined
  return stat[0] !== 'Z' && stat[19] === started
}

// The fields of /proc/<pid>/stat from the state on: the command before it may hold anything, even brackets.
async function statOf(pid: number): Promise<readonly string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')
}
