import type { SignalName } from '../signal.ts'

/** What a decision remembers of the ones before it. Never written to disk: a new process starts with `noMemory`. */
export interface Memory {
  readonly lastLookMs: number | undefined
  /** Whether idle time is counted yet. */
  readonly started: boolean
  /** Where idle time is counted from: the last activity, put off by all the time that was not seen to be idle. */
  readonly idleSinceMs: number
  /** So long each signal has held the idle clock by being unknown, since it was last seen active. */
  readonly heldMs: ReadonlyMap<SignalName, number>
  /** When the countdown that is under way began. */
  readonly warnedMs: number | undefined
}

/** The memory of a podmate that has not looked yet. */
export const noMemory: Memory = {
  lastLookMs: undefined,
  started: false,
  idleSinceMs: Number.NEGATIVE_INFINITY,
  heldMs: new Map(),
  warnedMs: undefined,
}
