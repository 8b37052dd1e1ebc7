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
    return terminals.flatMap((terminal) => {
      const inputMs = inputs.get(terminal.name)
      const outputMs = printed.get(terminal.name)
      return inputMs === undefined ? [] : [useOf({ ...terminal, inputMs, outputMs }, nowMs)]
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

/** Takes the terminal with its times made monotonic. */
function useOf({ name, user, typed, inputMs, outputMs }: Terminal, nowMs: number): TerminalUse {
  const ago = `${spoken(nowMs - inputMs)} ago`
  // The echo of what is typed is output, too.
  if (outputMs === undefined || outputMs <= inputMs + terminalGranuleMs) {
    const evidence = typed ? `${user} typed ${ago} on ${name}` : `${user} opened ${name} ${ago}`
    return { name, lastMs: inputMs, evidence }
  }
  const last = typed ? `${user} typed ${ago}` : `${user} opened it ${ago}`
  if (nowMs <= inputMs + outputCountsMs)
    return { name, lastMs: outputMs, evidence: `${name} printed ${spoken(nowMs - outputMs)} ago, ${last}` }
  const evidence = `${name} prints, but ${last}: output alone counts for ${spoken(outputCountsMs)}`
  return { name, lastMs: Math.min(outputMs, inputMs + outputCountsMs), evidence }
}
