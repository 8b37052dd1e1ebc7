import { spoken } from './evidence.ts'
import { type Terminal, terminalGranuleMs } from './terminals.ts'
import { WallStamps } from './wall-stamps.ts'

/** When a terminal was last in use, and what shows it. Monotonic milliseconds. */
export interface TerminalUse {
  readonly name: string
  readonly lastMs: number
  readonly evidence: string
}

/** Output counts as use for so long after the last input: a forgotten `htop` is not work. */
const outputCountsMs = 7_200_000
/** A warning of podmate to all terminals reaches them within this time; their clock knows whole seconds. */
const warning = { beforeMs: 1500, afterMs: 5000 }

/** Remembers the terminals from look to look. */
export class TerminalClock {
  readonly #inputs = new WallStamps<string>(terminalGranuleMs)
  readonly #outputs = new WallStamps<string>()
  /** What a terminal printed itself, not podmate. */
  #printed = new Map<string, number>()

  /** Terminals whose time lies in the future are left out. */
  look(
    terminals: readonly Terminal[],
    warnedMs: number | undefined,
    nowMs: number,
    wallMs: number,
  ): readonly TerminalUse[] {
    const inputs = this.#inputs.look(stampsOf(terminals, 'inputMs'), nowMs, wallMs)
    const outputs = this.#outputs.look(stampsOf(terminals, 'outputMs'), nowMs, wallMs)
    const printed = new Map<string, number>()
    for (const [name, atMs] of outputs) {
      const found = atMs !== undefined && isWarning(atMs, warnedMs) ? this.#printed.get(name) : atMs
      if (found !== undefined) printed.set(name, found)
    }
    this.#printed = printed
    return terminals.flatMap(({ name, user }) => {
      const inputMs = inputs.get(name)
      return inputMs === undefined ? [] : [useOf({ name, user, inputMs, outputMs: printed.get(name) }, nowMs)]
    })
  }
}

function stampsOf(
  terminals: readonly Terminal[],
  field: 'inputMs' | 'outputMs',
): ReadonlyMap<string, number> {
  return new Map(
    terminals.flatMap((terminal) => {
      const stamp = terminal[field]
      return stamp === undefined ? [] : [[terminal.name, stamp]]
    }),
  )
}

function isWarning(atMs: number, warnedMs: number | undefined): boolean {
  return warnedMs !== undefined && atMs >= warnedMs - warning.beforeMs && atMs <= warnedMs + warning.afterMs
}

interface Times {
  readonly name: string
  readonly user: string
  readonly inputMs: number
  readonly outputMs: number | undefined
}

/** Pure. */
export function useOf({ name, user, inputMs, outputMs }: Times, nowMs: number): TerminalUse {
  const typed = `${user} typed ${spoken(nowMs - inputMs)} ago`
  // The echo of what is typed is output, too.
  if (outputMs === undefined || outputMs <= inputMs + terminalGranuleMs)
    return { name, lastMs: inputMs, evidence: `${typed} on ${name}` }
  if (nowMs > inputMs + outputCountsMs) {
    const evidence = `${name} prints, but ${typed}: output alone counts for ${spoken(outputCountsMs)}`
    return { name, lastMs: Math.min(outputMs, inputMs + outputCountsMs), evidence }
  }
  return { name, lastMs: outputMs, evidence: `${name} printed ${spoken(nowMs - outputMs)} ago, ${typed}` }
}
