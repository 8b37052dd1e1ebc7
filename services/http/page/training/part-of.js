/** @import { Point } from '../shapes.d.ts' */
import { ask } from '../core/ask.js'

/** As many points as a wide screen can show, and a bit more. */
export const shownPoints = 2000
/** What a phone still reads at once. */
const mostPoints = 40_000

/**
 * The points of a part of a run: the pod thins from a step to the end, so it is asked for as many more as what lies behind
 * the part is longer.
 * @param {string} path of the job
 * @param {[number, number]} range of steps
 * @param {number} last step of the run
 * @returns {Promise<readonly Point[]>}
 */
export async function partOf(path, [from, to], last) {
  const since = Math.max(0, Math.floor(from) - 1)
  const share = (to - from) / Math.max(to - from, last - from)
  const points = Math.min(mostPoints, Math.ceil(shownPoints / share))
  /** @type {{ metrics: readonly Point[] }} */
  const { metrics } = await ask(`${path}/metrics?since=${since}&points=${points}`)
  const beyond = metrics.findIndex(({ step }) => step > to)
  return beyond === -1 ? metrics : metrics.slice(0, beyond + 1)
}
