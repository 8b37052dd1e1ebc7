import { readdirSync, readFileSync } from 'node:fs'

/** One line of the kernel's process table. `startTicks` tells a process from a later one with the same pid. */
export interface ProcessEntry {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly state: string
  readonly startTicks: number
  /** The name of the program, cut after 15 characters. */
  readonly name: string
  /** Its terminal, `pts/3`; undefined: it has none, or another kind. */
  readonly terminal: string | undefined
  /** CPU time of its own, and that of its children that have ended, in hundredths of a second. */
  readonly cpuTicks: number
  readonly childTicks: number
}

/** All processes that are not zombies. Empty where there is no /proc. */
export function listProcesses(): readonly ProcessEntry[] {
  return pids()
    .map(readProcess)
    .filter((entry): entry is ProcessEntry => entry !== undefined && !isOver(entry))
}

/** One process, zombies included; undefined when there is none (or no /proc). */
export function readProcess(pid: number): ProcessEntry | undefined {
  const stat = readProcFile(pid, 'stat')
  if (stat === undefined) return undefined
  // The command is in brackets and may itself contain brackets and spaces.
  const nameEnd = stat.lastIndexOf(')')
  const fields = stat.slice(nameEnd + 2).split(' ')
  const [state = '?', parent, group] = fields
  const sum = (one: number, other: number) => Number(fields[one]) + Number(fields[other])
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    state,
    startTicks: Number(fields[19]),
    name: stat.slice(stat.indexOf('(') + 1, nameEnd),
    terminal: pseudoTerminal(Number(fields[4])),
    cpuTicks: sum(11, 12),
    childTicks: sum(13, 14),
  }
}

/** The kernel packs the minor number around the major one. */
function pseudoTerminal(device: number): string | undefined {
  const isPseudo = ((device >> 8) & 0xfff) === 136
  return isPseudo ? `pts/${(device & 0xff) | ((device >> 12) & 0xfff00)}` : undefined
}

/** Dead already, only its entry is left. */
export function isOver(entry: ProcessEntry): boolean {
  return entry.state === 'Z' || entry.state === 'X'
}

/** True when an assignment (NAME=value) in the environment of a process, as it was at its start, passes the test. */
export function hasInEnvironment(pid: number, test: (assignment: string) => boolean): boolean {
  return readProcFile(pid, 'environ')?.split('\0').some(test) ?? false
}

/** `root` and all that come from it, by a walk over parents. */
export function descendants(root: number, table: readonly ProcessEntry[]): readonly ProcessEntry[] {
  const children = Map.groupBy(table, (entry) => entry.parent)
  const found: ProcessEntry[] = []
  const walk = (pid: number) => {
    for (const child of children.get(pid) ?? []) {
      found.push(child)
      walk(child.pid)
    }
  }
  walk(root)
  return found
}

function pids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return [] // no /proc on this system: platform.ts says so once
  }
}

function readProcFile(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return undefined // gone meanwhile, or not ours to read
  }
}
