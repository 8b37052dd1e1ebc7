import { readFileSync } from 'node:fs'
import { pause } from '../../supervisor/time.ts'
import type { DiskUse } from './host-sample.ts'
import { LoneTool } from './lone-tool.ts'
import { mountsOf } from './mounts.ts'
import { startTool } from './tool-process.ts'

export interface DiskTimings {
  readonly everyMs: number
  readonly hungMs: number
}

/** The user's PATH may lead over a volume that hangs. */
const env = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' }

/** What is known of the volumes: each is asked by a `df` of its own, so that one that hangs hides no other. */
export class DiskWatch {
  readonly #folders: readonly string[]
  readonly #timings: DiskTimings
  readonly #start: typeof startTool
  readonly #tools = new Map<string, LoneTool>()
  readonly #found = new Map<string, DiskUse | { readonly problem: string }>()

  constructor(folders: readonly string[], timings: DiskTimings, start = startTool) {
    this.#folders = folders
    this.#timings = timings
    this.#start = start
  }

  /** The volumes that answered last time, and why others did not. */
  get now(): { readonly disks: readonly DiskUse[]; readonly problem: string | undefined } {
    const all = [...this.#found.values()]
    const problems = all.flatMap((entry) => ('problem' in entry ? entry.problem : []))
    const disks = all.flatMap((entry) => ('problem' in entry ? [] : entry))
    return { disks, problem: problems.length === 0 ? undefined : problems.join('; ') }
  }

  /** Asks now and then until `stop` aborts. Rejects only with ProcessesLeft. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const mounts = mountsOf(this.#folders, mountinfo())
      for (const mount of this.#found.keys()) if (!mounts.includes(mount)) this.#found.delete(mount)
      await Promise.all(mounts.map((mount) => this.#ask(mount, stop)))
      await pause(this.#timings.everyMs, stop)
    }
    await Promise.all([...this.#tools.values()].map((tool) => tool.close()))
  }

  async #ask(mount: string, stop: AbortSignal): Promise<void> {
    const tool = this.#tools.get(mount) ?? new LoneTool(this.#start)
    this.#tools.set(mount, tool)
    const outcome = await tool.run({ command: 'df', args: ['-kP', mount], env }, this.#timings.hungMs, stop)
    if (outcome.type === 'aborted') return
    const disk = outcome.type === 'ended' ? outcome.lines.map(parseDf).find(Boolean) : undefined
    const problem =
      outcome.type === 'hung'
        ? `${mount} does not answer: df hangs (pid ${outcome.pid})`
        : `df tells nothing of ${mount}`
    this.#found.set(mount, disk ?? { problem })
  }
}

/** A line of `df -kP`: file system, blocks of 1024 bytes, used, available, capacity, mount point. */
export function parseDf(line: string): DiskUse | undefined {
  const [, total, used, mount] = /\s(\d+)\s+(\d+)\s+-?\d+\s+(?:\d+%|-)\s+(\/.*)$/.exec(line) ?? []
  if (mount === undefined) return undefined
  return { mount, usedBytes: Number(used) * 1024, totalBytes: Number(total) * 1024 }
}

function mountinfo(): string | undefined {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8')
  } catch {
    return undefined // not Linux
  }
}
