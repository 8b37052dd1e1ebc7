import { readFileSync } from 'node:fs'
import { descendants, listProcesses } from '../../supervisor/process-table.ts'

const ticksPerSecond = 100

export interface Usage {
  readonly processes: number
  readonly supervisorMb: number
  readonly treeMb: number
  /** CPU seconds so far of all processes that are alive. */
  readonly cpuSeconds: number
}

/** What a process and all that came from it use now (Linux). */
export function processUsage(pid: number): Usage {
  const pids = [pid, ...descendants(pid, listProcesses()).map((entry) => entry.pid)]
  const sizes = pids.map(residentMb)
  return {
    processes: pids.length,
    supervisorMb: sizes[0] ?? 0,
    treeMb: sizes.reduce((sum, size) => sum + size, 0),
    cpuSeconds: pids.reduce((sum, one) => sum + cpuSeconds(one), 0),
  }
}

function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}

function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number)
  return (user + system) / ticksPerSecond
}
