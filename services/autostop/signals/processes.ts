import type { PodView } from '../../../supervisor/pod.ts'
import type { ProcessEntry } from '../../../supervisor/process-table.ts'
import type { Signal } from '../signal.ts'
import { active, quiet } from './evidence.ts'
import { guarded } from './guarded.ts'
import { parsePattern } from './process-pattern.ts'
import type { Snapshot } from './process-snapshot.ts'
import { commandLineOf, isSshd } from './sshd-process.ts'

export interface ProcessesOptions {
  readonly patterns: readonly string[]
  readonly snapshot: (nowMs: number) => Snapshot | undefined
  readonly pod: Pick<PodView, 'status'>
  readonly commandLine?: (pid: number) => string
}

/** Services by which users start programs of their own. */
const doors = new Set(['sshd', 'jupyter'])

/** Active while a program runs that the user named. What podmate starts by itself never counts, nor does podmate. */
export function processesSignal({
  patterns,
  snapshot,
  pod,
  commandLine = commandLineOf,
}: ProcessesOptions): Signal {
  const parsed = patterns.map(parsePattern)
  const commands = new CommandLines(commandLine)
  return guarded('processes', (nowMs) => {
    const found = snapshot(nowMs)
    if (!found) return quiet(undefined, 'there is no process table here')
    const own = new Set(Object.values(pod.status().services).map(({ pid }) => pid))
    const candidates = found.processes.filter((entry) => !own.has(entry.pid) && isOfUser(entry, found))
    commands.forgetOthers(candidates)
    for (const entry of candidates) {
      const words = commands.of(entry)
      const pattern = parsed.find((one) => one.matches(words))
      if (pattern) return active(nowMs, `${pattern.text} runs (pid ${entry.pid})`)
    }
    return quiet(undefined, `not running: ${patterns.join(', ')}`)
  })
}

function isOfUser(entry: ProcessEntry, { originOf }: Snapshot): boolean {
  const origin = originOf(entry.pid)
  return (origin === undefined || doors.has(origin)) && !isSshd(entry)
}

/** Words of command lines. That of a process that hangs in the kernel is not read: the read could hang as well. */
class CommandLines {
  readonly #read: (pid: number) => string
  #known = new Map<string, readonly string[]>()

  constructor(read: (pid: number) => string) {
    this.#read = read
  }

  of(entry: ProcessEntry): readonly string[] {
    const key = keyOf(entry)
    const words =
      entry.state === 'D' ? (this.#known.get(key) ?? []) : this.#read(entry.pid).split('\0').slice(0, -1)
    this.#known.set(key, words)
    return words
  }

  forgetOthers(entries: readonly ProcessEntry[]): void {
    const keys = new Set(entries.map(keyOf))
    for (const key of this.#known.keys()) if (!keys.has(key)) this.#known.delete(key)
  }
}

const keyOf = ({ pid, startTicks }: ProcessEntry) => `${pid}/${startTicks}`
