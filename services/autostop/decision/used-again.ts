import type { Reading, SignalName } from '../signal.ts'

/** What the stop itself does: they show its work, not that of people. */
const ownWork: ReadonlySet<SignalName> = new Set(['trainer', 'upload'])
/** They show the work of a trainer, too. */
const machines: ReadonlySet<SignalName> = new Set(['gpu', 'processes', 'heartbeat'])
/** So long after its end a trainer may still be seen. */
const shadowMs = 5000

export interface StopMoments {
  /** Monotonic: when the stop began. */
  readonly beganMs: number
  /** When the trainer that was ended for it had gone; undefined: it still runs. */
  readonly trainedMs: number | undefined
  /** A stop call was made: only a hold can call the next one off. */
  readonly hasCalled: boolean
  /** One is under way, or was taken: the container may end at any moment, whoever wants it now. */
  readonly isEnding: boolean
}

/** Who has begun to use a pod that stops for want of use, in a sentence; undefined: nobody. Pure. */
export function usedAgain(
  readings: ReadonlyMap<SignalName, Reading>,
  { beganMs, trainedMs, hasCalled, isEnding }: StopMoments,
): string | undefined {
  if (isEnding) return undefined
  const sinceMs = (name: SignalName) =>
    machines.has(name) ? Math.max(beganMs, (trainedMs ?? Number.POSITIVE_INFINITY) + shadowMs) : beganMs
  const used = [...readings].find(([name, { state, lastActiveMs }]) => {
    if (name === 'hold') return state === 'active'
    if (hasCalled || ownWork.has(name)) return false
    return state === 'active' && (lastActiveMs === undefined || lastActiveMs > sinceMs(name))
  })
  return used && `${used[0]} (${used[1].evidence})`
}
