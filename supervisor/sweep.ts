import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { descendants, hasInEnvironment, listProcesses, type ProcessEntry } from './process-table.ts'
import { markOf } from './process-tree.ts'
import { pause } from './time.ts'

const everyMs = 20

/**
 * KILLs what this supervisor started and what is still there: descendants, and processes with its mark that left the
 * tree. In a container that is ours alone everything else goes too. Resolves with the pids that would not go.
 */
export async function finalSweep(withinMs: number): Promise<readonly number[]> {
  const endMs = performance.now() + withinMs
  let left = leftBehind()
  while (left.length > 0 && performance.now() < endMs) {
    for (const { pid } of left) killOne(pid)
    await pause(everyMs)
    left = leftBehind()
  }
  return left.map((entry) => entry.pid)
}

function leftBehind(): readonly ProcessEntry[] {
  const table = listProcesses()
  if (ownsContainer()) {
    const spared = new Set([1, process.pid, process.ppid])
    return table.filter((entry) => !spared.has(entry.pid) && entry.parent !== 0)
  }
  const instance = markOf('').PODMATE_MARK
  const own = descendants(process.pid, table)
  const known = new Set(own.map((entry) => entry.pid))
  const strays = table.filter(
    ({ pid }) => !known.has(pid) && pid !== process.pid && carriesMark(pid, instance),
  )
  return [...own, ...strays]
}

/** The mark of any of our services ends in `@<pid>-<start>`. */
function carriesMark(pid: number, instance: string): boolean {
  return hasInEnvironment(
    pid,
    (assignment) => assignment.startsWith('PODMATE_MARK=') && assignment.endsWith(instance),
  )
}

/** True when PID 1 is a tini that was told to run this very program: then nothing here is anybody else's. */
export function ownsContainer(): boolean {
  const [init = '', ...args] = commandLine(1)
  return (
    basename(init) === 'tini' && args.some((arg) => arg !== '' && process.argv[1]?.endsWith(basename(arg)))
  )
}

function commandLine(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return [] // no /proc, or gone
  }
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // gone meanwhile, which is what was wanted
  }
}
