import { readFileSync } from 'node:fs'
import type { ProcessEntry } from '../../../supervisor/process-table.ts'
import type { Snapshot } from './process-snapshot.ts'

/** Programs that move files, and nothing else. */
const movers = new Set(['scp', 'sftp-server', 'sftp', 'rsync', 'rclone', 'aria2c', 'wget', 'runpodctl'])
/** Less, over all the time since the last look, is what keeps a connection open. */
const leastBytesPerSecond = 1024
/**
 * In a container even root may not see what programs of other accounts read and write. In ten milliseconds of work they
 * move at least that.
 */
const bytesPerTick = 65_536

export interface TransfersSeen {
  /** When that was found: monotonic ms. */
  readonly atMs: number
  /** `rsync moved 12 MB in 60 s`; undefined: none moves anything. */
  readonly moving: string | undefined
  /** Transfers that run and move nothing. */
  readonly still: number
}

interface Counts {
  readonly atMs: number
  readonly bytes: ReadonlyMap<string, number>
}

/** Measures what transfers move between two looks that are at least `leastMs` apart. */
export class Transfers {
  readonly #leastMs: number
  readonly #bytesOf: (pid: number) => number | undefined
  #before: Counts | undefined
  #last: TransfersSeen | undefined

  constructor(leastMs: number, bytesOf: (pid: number) => number | undefined = ioBytes) {
    this.#leastMs = leastMs
    this.#bytesOf = bytesOf
  }

  /** `others`: processes that serve transfers although their names do not tell. Too soon it gives what it found before. */
  look(
    { processes }: Pick<Snapshot, 'processes'>,
    others: ReadonlySet<number>,
    nowMs: number,
  ): TransfersSeen {
    const before = this.#before
    if (before && this.#last && nowMs - before.atMs < this.#leastMs) return this.#last
    const running = processes.filter(({ pid, name }) => movers.has(name) || others.has(pid))
    const counted = running.map((entry) => {
      const bytes = this.#bytesOf(entry.pid)
      return { entry, bytes: bytes ?? entry.cpuTicks * bytesPerTick, isGuess: bytes === undefined }
    })
    this.#before = { atMs: nowMs, bytes: new Map(counted.map(({ entry, bytes }) => [keyOf(entry), bytes])) }
    const moving = before && mostMoved(counted, before, nowMs - before.atMs)
    this.#last = { atMs: nowMs, moving, still: moving === undefined ? counted.length : 0 }
    return this.#last
  }
}

interface Counted {
  readonly entry: ProcessEntry
  readonly bytes: number
  readonly isGuess: boolean
}

/** What began since then has moved all of it since then. */
function mostMoved(counted: readonly Counted[], before: Counts, elapsedMs: number): string | undefined {
  const moved = counted.map(({ entry, bytes, isGuess }) => ({
    name: entry.name,
    bytes: bytes - (before.bytes.get(keyOf(entry)) ?? 0),
    isGuess,
  }))
  const most = moved.toSorted((one, other) => other.bytes - one.bytes)[0]
  if (!most || most.bytes * 1000 < leastBytesPerSecond * elapsedMs) return undefined
  return most.isGuess
    ? `${most.name} works (what it moves cannot be seen)`
    : `${most.name} moved ${size(most.bytes)} in ${Math.round(elapsedMs / 1000)} s`
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
