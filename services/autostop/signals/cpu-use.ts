import type { ProcessEntry } from '../../../supervisor/process-table.ts'
import type { Work } from './process-snapshot.ts'
import { isSshd } from './sshd-process.ts'

/** Programs that only show something, again and again: what they and their children use is no work. */
const onlookers = new Set([
  ...['htop', 'top', 'btop', 'atop', 'glances', 'watch', 'tail', 'less', 'vmstat', 'iostat', 'dstat'],
  ...['nvtop', 'nvitop', 'nvidia-smi', 'gpustat', 'tensorboard'],
])

interface Totals {
  readonly atMs: number
  /** By service, hundredths of a second. */
  readonly ticks: ReadonlyMap<string, number>
  readonly ofProcess: ReadonlyMap<number, number>
}

type WorkOf = (service: string) => Work

/** Measures the work of what comes from each service between two looks that are at least `leastMs` apart. */
export class CpuUse {
  readonly #leastMs: number
  #before: Totals | undefined
  #last: WorkOf | undefined

  constructor(leastMs: number) {
    this.#leastMs = leastMs
  }

  /** `own`: the main programs of services, which are no work of users. Too soon after a look it gives what that found. */
  look(
    processes: readonly ProcessEntry[],
    originOf: (pid: number) => string | undefined,
    own: ReadonlySet<number>,
    nowMs: number,
  ): WorkOf {
    if (this.#before && this.#last && nowMs - this.#before.atMs < this.#leastMs) return this.#last
    const workers = workersOf(processes).filter(({ pid }) => !own.has(pid))
    const byService = Map.groupBy(workers, ({ pid }) => originOf(pid) ?? '')
    const ticks = new Map(
      [...byService].map(([service, entries]) => [
        service,
        entries.reduce((sum, entry) => sum + total(entry), 0),
      ]),
    )
    const ofProcess = new Map(workers.map((entry) => [entry.pid, entry.cpuTicks]))
    const before = this.#before
    this.#before = { atMs: nowMs, ticks, ofProcess }
    this.#last = (service) => {
      const entries = byService.get(service) ?? []
      if (!before) return { atMs: nowMs, cores: 0, most: '' }
      const gains = entries.map(({ pid, name, cpuTicks }) => ({
        name,
        ticks: Math.max(0, cpuTicks - (before.ofProcess.get(pid) ?? 0)),
      }))
      // With the children that have ended: what one of them had used is only passed on to its parent then.
      const grown = (ticks.get(service) ?? 0) - (before.ticks.get(service) ?? 0)
      // A program that went away took what it had used with it: at least the others count.
      const used = Math.max(
        grown,
        gains.reduce((sum, gain) => sum + gain.ticks, 0),
      )
      const most = gains.toSorted((one, other) => other.ticks - one.ticks)[0]
      return { atMs: nowMs, cores: (used * 10) / (nowMs - before.atMs), most: most?.name ?? '' }
    }
    return this.#last
  }
}

const total = ({ cpuTicks, childTicks }: ProcessEntry) => cpuTicks + childTicks

function workersOf(processes: readonly ProcessEntry[]): readonly ProcessEntry[] {
  const table = new Map(processes.map((entry) => [entry.pid, entry]))
  const looksOn = (entry: ProcessEntry | undefined, depth = 0): boolean =>
    entry !== undefined &&
    depth < 100 &&
    (onlookers.has(entry.name) || looksOn(table.get(entry.parent), depth + 1))
  return processes.filter((entry) => !isSshd(entry) && !looksOn(entry))
}
