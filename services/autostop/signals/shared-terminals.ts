import type { Snapshot } from './process-snapshot.ts'
import { TerminalClock, type TerminalUse } from './terminal-clock.ts'
import { listTerminals, type Terminal } from './terminals.ts'

export interface TerminalOptions {
  readonly warnedMs: () => number | undefined
  readonly list?: () => readonly Terminal[]
}

export interface OwnedTerminal extends TerminalUse {
  /** The service that a process on it comes from. */
  readonly origin: string | undefined
}

/** Looks at the terminals once for each `nowMs`, however many signals ask. */
export function sharedTerminals(
  snapshot: (nowMs: number) => Snapshot | undefined,
  { warnedMs, list = listTerminals }: TerminalOptions,
  wallClock: () => number = Date.now,
): (nowMs: number) => readonly OwnedTerminal[] {
  const clock = new TerminalClock()
  let last: { readonly nowMs: number; readonly terminals: readonly OwnedTerminal[] } | undefined
  return (nowMs) => {
    if (last?.nowMs === nowMs) return last.terminals
    const uses = clock.look(list(), warnedMs(), nowMs, wallClock())
    const origins = originsOf(snapshot(nowMs))
    last = { nowMs, terminals: uses.map((use) => ({ ...use, origin: origins.get(use.name) })) }
    return last.terminals
  }
}

function originsOf(snapshot: Snapshot | undefined): ReadonlyMap<string, string | undefined> {
  const found = new Map<string, string | undefined>()
  for (const { pid, terminal } of snapshot?.processes ?? [])
    if (terminal !== undefined) found.set(terminal, found.get(terminal) ?? snapshot?.originOf(pid))
  return found
}
