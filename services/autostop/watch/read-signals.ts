import { pause } from '../../../supervisor/time.ts'
import type { Reading, Signal, SignalName } from '../signal.ts'

/** A little more than a signal may take by itself. */
const latestMs = 6000

/** Reads all signals that are here now at the same time. Never rejects; one that fails or takes too long is `unknown`. */
export async function readSignals(
  signals: readonly Signal[],
  nowMs: number,
  stop: AbortSignal,
): Promise<ReadonlyMap<SignalName, Reading>> {
  const here = signals.filter((signal) => signal.isHere?.() ?? true)
  const over = new AbortController()
  const limit = AbortSignal.any([stop, over.signal])
  const tooLate = pause(latestMs, limit).then(() => unknown('did not answer in time'))
  const readings = await Promise.all(
    here.map(async (signal): Promise<[SignalName, Reading]> => {
      const read = signal
        .read(nowMs, limit)
        .catch((error: unknown) => unknown(`cannot be read: ${String(error)}`))
      return [signal.name, await Promise.race([read, tooLate])]
    }),
  )
  over.abort()
  return new Map(readings)
}

function unknown(evidence: string): Reading {
  return { state: 'unknown', lastActiveMs: undefined, evidence }
}
