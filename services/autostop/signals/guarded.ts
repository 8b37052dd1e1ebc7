import { pause } from '../../../supervisor/time.ts'
import type { Reading, Signal, SignalName } from '../signal.ts'
import { later, unknown } from './evidence.ts'

const limitMs = 4500

/** Reads a signal; may reject, hang and look at `signal`. */
export type Read = (nowMs: number, signal: AbortSignal) => Reading | Promise<Reading>

/** A signal that keeps its promise: it never rejects, settles in time, and never forgets when it was last active. */
export function guarded(name: SignalName, read: Read): Signal {
  let lastActiveMs: number | undefined
  return {
    name,
    async read(nowMs, signal) {
      const reading = await limited(read, nowMs, signal).catch((error: unknown) =>
        unknown(undefined, `it cannot be read: ${error instanceof Error ? error.message : String(error)}`),
      )
      lastActiveMs = later(lastActiveMs, reading.lastActiveMs)
      return { ...reading, lastActiveMs }
    },
  }
}

async function limited(read: Read, nowMs: number, signal: AbortSignal): Promise<Reading> {
  const over = new AbortController()
  const late = pause(limitMs, AbortSignal.any([signal, over.signal])).then(() =>
    unknown(undefined, signal.aborted ? 'there was no time to look' : `no answer for ${limitMs / 1000} s`),
  )
  try {
    return await Promise.race([reading(read, nowMs, over.signal), late])
  } finally {
    over.abort() // ends the read that is late, too
  }
}

/** A read that throws rejects. */
async function reading(read: Read, nowMs: number, signal: AbortSignal): Promise<Reading> {
  return await read(nowMs, signal)
}
