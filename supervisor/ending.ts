import type { Ending } from './events.ts'

/** A program's end as an error, so that `run` can reject with it and nothing of it is lost. */
export class ProgramEnded extends Error {
  readonly ending: Ending

  constructor(ending: Ending) {
    super(ending.reason)
    this.name = 'ProgramEnded'
    this.ending = ending
  }
}

/** Thrown by a run that cannot work here: shown as `disabled: <message>` until somebody starts it again. */
export class CannotRunHere extends Error {}

/** A run is over but some of its processes could not be ended, not even by KILL. */
export class ProcessesLeft extends Error {
  readonly pids: readonly number[]

  constructor(pids: readonly number[]) {
    super(`these processes could not be ended: ${pids.join(', ')}`)
    this.name = 'ProcessesLeft'
    this.pids = pids
  }
}

const wordsOfCodes: Readonly<Record<number, string>> = {
  126: 'not executable',
  127: 'command not found',
}

/** The end of a program in data and words. `startFailure` is what the launcher said before the program began. */
export function programEnding(
  exitCode: number | null,
  signal: string | null,
  startFailure: string,
  outOfMemory: boolean,
): Ending {
  const ok = exitCode === 0
  if (signal !== null) {
    return { ok: false, exitCode, signal, reason: outOfMemory ? 'oom' : `signal ${signal}` }
  }
  const words = startFailure || wordsOfCodes[exitCode ?? -1]
  return { ok, exitCode, signal, reason: words ? `exit ${exitCode}: ${words}` : `exit ${exitCode}` }
}

/** The end of one run of a service, from what its promise did. */
export function endingOf(outcome: { readonly error?: unknown }): Ending {
  if (!('error' in outcome)) return { ok: true, exitCode: 0, signal: null, reason: 'ended' }
  const { error } = outcome
  if (error instanceof ProgramEnded) return error.ending
  const reason = error instanceof Error ? error.message : String(error)
  return { ok: false, exitCode: null, signal: null, reason }
}
