import { readFileSync } from 'node:fs'
import type { ProcessEntry } from '../../../supervisor/process-table.ts'
import type { Snapshot } from './process-snapshot.ts'

/** Programs that move files, and nothing else. */
const movers = new Set(['scp', 'sftp-server', 'sftp', 'rsync', 'rclone', 'aria2c', 'wget', 'runpodctl'])
/** Less, over all the time since the last look, is what keeps a connection open. */
const leastBytesPerSecond = 1024

export interface TransfersSeen {
  /** `rsync moved 12 MB in the last 60 s`; undefined: none moves anything. */
  readonly moving: string | undefined
  /** Transfers that run and move nothing. */
  readonly still: number
  /** Names of those whose bytes cannot be counted. */
  readonly hidden: readonly string[]
}

/** Remembers how much each transfer has moved. */
export class Transfers {
  readonly #bytesOf: (pid: number) => number | undefined
  #before: { readonly atMs: number; readonly bytes: ReadonlyMap<string, number> } | undefined

  constructor(bytesOf: (pid: number) => number | undefined = ioBytes) {
    this.#bytesOf = bytesOf
  }

  /** `others`: processes that serve transfers although their names do not tell. */
  look(
    { processes }: Pick<Snapshot, 'processes'>,
    others: ReadonlySet<number>,
    nowMs: number,
  ): TransfersSeen {
    const before = this.#before
    const running = processes.filter(({ pid, name }) => movers.has(name) || others.has(pid))
    const counts = running.map((entry) => ({ entry, bytes: this.#bytesOf(entry.pid) }))
    const known = counts.flatMap(({ entry, bytes }) => (bytes === undefined ? [] : [{ entry, bytes }]))
    this.#before = { atMs: nowMs, bytes: new Map(known.map(({ entry, bytes }) => [keyOf(entry), bytes])) }
    const elapsedMs = before ? nowMs - before.atMs : 0
    const moved = known
      .map(({ entry, bytes }) => ({
        name: entry.name,
        bytes: before ? bytes - (before.bytes.get(keyOf(entry)) ?? 0) : 0,
      }))
      .toSorted((one, other) => other.bytes - one.bytes)
    const [most] = moved
    const isMoving =
      most !== undefined && most.bytes * 1000 >= leastBytesPerSecond * elapsedMs && most.bytes > 0
    return {
      moving: isMoving
        ? `${most.name} moved ${size(most.bytes)} in ${Math.round(elapsedMs / 1000)} s`
        : undefined,
      still: isMoving ? 0 : moved.length,
      hidden: counts.flatMap(({ entry, bytes }) => (bytes === undefined ? [entry.name] : [])),
    }
  }
}

const keyOf = ({ pid, startTicks }: ProcessEntry) => `${pid}/${startTicks}`

/** What a process has read and written, in bytes; undefined when that is hidden, or it is gone. */
function ioBytes(pid: number): number | undefined {
  try {
    const lines = readFileSync(`/proc/${pid}/io`, 'utf8').split('\n')
    const field = (name: string) => Number(lines.find((line) => line.startsWith(name))?.split(' ')[1] ?? 0)
    return field('rchar:') + field('wchar:')
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EACCES' ? undefined : 0
  }
}

function size(bytes: number): string {
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}
