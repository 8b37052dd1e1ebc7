import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'

/** Which start of a machine, and of a container on it, this is. */
export interface Boot {
  /** Another one for every start of the machine; empty where there is none. */
  readonly bootId: string
  /** When PID 1 of this container started, in milliseconds since the machine did; undefined: not known. */
  readonly containerMs: number | undefined
}

/** A clock that neither jumps nor stops, and that a new process reads the same: the time since the machine started. */
export interface BootClock {
  readonly boot: Boot
  upMs(): number
}

const ticksPerSecond = 100

/** The clock of this machine, by `<root>/sys/kernel/random/boot_id` and `<root>/1/stat`. Never throws. */
export function machineClock(root = '/proc'): BootClock {
  const bootId = textOf(`${root}/sys/kernel/random/boot_id`).trim()
  // The name of the program in parentheses may hold blanks; the start is the 22nd field, the 20th after it.
  const fields = textOf(`${root}/1/stat`).split(') ').at(-1)?.split(' ') ?? []
  const ticks = Number(fields[19] ?? Number.NaN)
  const containerMs = Number.isFinite(ticks) ? (ticks * 1000) / ticksPerSecond : undefined
  return { boot: { bootId, containerMs }, upMs: () => Math.round(uptime() * 1000) }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // no Linux, or not ours to read
  }
}
