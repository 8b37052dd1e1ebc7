import { readFileSync } from 'node:fs'
import { descendants, listProcesses } from '../../../supervisor/process-table.ts'

const ticksPerSecond = 100

/**
 * CPU seconds so far of a process and all that came from it, of those that ended, too: a short-lived child counts in its
 * parent as soon as that has taken note of its end (Linux).
 */
export function cpuSecondsOfFamily(pid: number): number {
  const pids = [pid, ...descendants(pid, listProcesses()).map((entry) => entry.pid)]
  return pids.reduce((sum, one) => sum + cpuSecondsOf(one), 0)
}

/** Of the process, and of those of its children that ended. */
function cpuSecondsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const own = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return own.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond
  } catch {
    return 0 // it ended between the two looks: from the next one on it counts in its parent
  }
}
