import { readFileSync } from 'node:fs'
import type { PodView } from '../../../supervisor/pod.ts'
import { listProcesses, type ProcessEntry } from '../../../supervisor/process-table.ts'
import { markOf } from '../../../supervisor/process-tree.ts'
import { CpuUse } from './cpu-use.ts'
import { Origins } from './origins.ts'

/** The processes of this machine at one moment. */
export interface Snapshot {
  readonly processes: readonly ProcessEntry[]
  /** The service that a process comes from, `podmate` for its own; undefined: somebody else's. */
  originOf(pid: number): string | undefined
  /** How much the programs that users run by way of a service have worked since the snapshot before. */
  workOf(service: string): Work
}

export interface Work {
  /** When that was found: monotonic ms. */
  readonly atMs: number
  /** In cores: 1 is one core all the time. */
  readonly cores: number
  /** Name of the program that worked most. */
  readonly most: string
}

/** Takes one snapshot for each `nowMs`, however many ask for it; undefined where there is no /proc.
 * Work is measured over `leastMs` or longer. */
export function processSnapshots(
  pod: Pick<PodView, 'status'>,
  leastMs: number,
  list: () => readonly ProcessEntry[] = listProcesses,
): (nowMs: number) => Snapshot | undefined {
  const origins = new Origins(process.pid, () => markOf('').PODMATE_MARK, environmentOf)
  const use = new CpuUse(leastMs)
  let last: { readonly nowMs: number; readonly snapshot: Snapshot | undefined } | undefined
  const take = (nowMs: number): Snapshot | undefined => {
    const processes = list()
    if (processes.length === 0) return undefined
    const own = servicePids(pod)
    const originOf = origins.look(processes, own)
    const workOf = use.look(processes, originOf, new Set(own.keys()), nowMs)
    return { processes, originOf, workOf }
  }
  return (nowMs) => {
    if (last?.nowMs !== nowMs) last = { nowMs, snapshot: take(nowMs) }
    return last.snapshot
  }
}

function servicePids(pod: Pick<PodView, 'status'>): ReadonlyMap<number, string> {
  const services = Object.values(pod.status().services)
  return new Map(services.flatMap(({ name, pid }) => (pid === undefined ? [] : [[pid, name]])))
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8')
  } catch {
    return '' // gone meanwhile, or not ours to read
  }
}
