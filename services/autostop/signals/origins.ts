import type { ProcessEntry } from '../../../supervisor/process-table.ts'

interface Marked {
  readonly startTicks: number
  readonly service: string | undefined
}

/** Tells which service a process comes from: by the mark that it inherits, else by its parents. */
export class Origins {
  readonly #self: number
  readonly #markEnd: () => string
  readonly #environmentOf: (pid: number) => string
  #marked = new Map<number, Marked>()

  /** `markEnd`: what follows the name of a service in the marks of this podmate. */
  constructor(self: number, markEnd: () => string, environmentOf: (pid: number) => string) {
    this.#self = self
    this.#markEnd = markEnd
    this.#environmentOf = environmentOf
  }

  /** For the processes of one moment. An environment is read once in the life of a process. */
  look(
    processes: readonly ProcessEntry[],
    servicePids: ReadonlyMap<number, string>,
  ): (pid: number) => string | undefined {
    const table = new Map(processes.map((entry) => [entry.pid, entry]))
    for (const pid of this.#marked.keys()) if (!table.has(pid)) this.#marked.delete(pid)
    const found = new Map<number, string | undefined>([[this.#self, 'podmate'], ...servicePids])
    const originOf = (pid: number): string | undefined => {
      if (found.has(pid)) return found.get(pid)
      const entry = table.get(pid)
      found.set(pid, undefined) // tables that are read piece by piece may hold a circle
      const origin = entry && (this.#markOf(entry) ?? originOf(entry.parent))
      found.set(pid, origin)
      return origin
    }
    return originOf
  }

  #markOf({ pid, startTicks }: ProcessEntry): string | undefined {
    const known = this.#marked.get(pid)
    if (known?.startTicks === startTicks) return known.service
    const end = this.#markEnd()
    const assignment = this.#environmentOf(pid)
      .split('\0')
      .find((line) => line.startsWith('PODMATE_MARK=') && line.endsWith(end))
    const service = assignment?.slice('PODMATE_MARK='.length, -end.length)
    this.#marked.set(pid, { startTicks, service })
    return service
  }
}
