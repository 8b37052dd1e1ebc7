import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { isOver, readProcess } from '../../../supervisor/process-table.ts'

export const ownerFile = 'owner.json'

/** Who uses a state folder: a process that no other process, before or after a reboot, can be taken for. */
export interface Owner {
  readonly boot_id: string
  readonly pid: number
  readonly start_time: string
  readonly hostname: string
}

/** The claim of a process of this machine. */
export function ownerOf(pid: number): Owner {
  return { boot_id: bootId(), pid, start_time: startTime(pid) ?? '', hostname: hostname() }
}

/** The claim in an owner file; undefined when it is not a whole one. */
export function parseOwner(text: string): Owner | undefined {
  const found = parsed(text)
  if (typeof found !== 'object' || found === null) return undefined
  const fields = new Map(Object.entries(found))
  const [boot_id, start_time, host] = ['boot_id', 'start_time', 'hostname'].map((name) => fields.get(name))
  const pid = fields.get('pid')
  if (typeof boot_id !== 'string' || typeof start_time !== 'string' || typeof host !== 'string')
    return undefined
  return Number.isSafeInteger(pid) && pid > 0 ? { boot_id, pid, start_time, hostname: host } : undefined
}

/** Whether that very process still runs here. Another machine's, or one from before a reboot, does not. */
export function isAlive(owner: Owner): boolean {
  return owner.boot_id === bootId() && startTime(owner.pid) === owner.start_time
}

export function isSameOwner(one: Owner, other: Owner): boolean {
  return one.boot_id === other.boot_id && one.pid === other.pid && one.start_time === other.start_time
}

/** Empty where the system has none (macOS): the start time alone then tells processes apart. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}

function startTime(pid: number): string | undefined {
  const entry = readProcess(pid)
  if (entry !== undefined) return isOver(entry) ? undefined : String(entry.startTicks)
  if (process.platform === 'linux') return undefined
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return undefined // no such process
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // cut off, or not ours
  }
}
