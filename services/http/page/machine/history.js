/** @import { Sample } from '../shapes.d.ts' */
import { ask } from '../core/ask.js'

const keptMs = 15 * 60_000
const points = 180

/** The samples of the last quarter of an hour, with those that came since. @param {readonly Sample[]} known @param {number} now */
export async function newerSamples(known, now) {
  const since = known.at(-1)?.at ?? now - keptMs
  /** @type {{ samples: Sample[] }} */
  const { samples } = await ask(`telemetry?since=${Math.floor(since)}&points=${points}`)
  const fresh = samples.filter(({ at }) => at > since)
  return [...known, ...fresh].filter(({ at }) => at > now - keptMs)
}
