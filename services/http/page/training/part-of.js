/** @import { Point } from '../shapes.d.ts' */
import { ask } from '../core/ask.js'

/** As many points as a wide screen can show, and a bit more. */
export const shownPoints = 2000

/**
 * The points of a part of a run, as many as can be shown.
 * @param {string} path of the job
 * @param {[number, number]} range of steps
 * @returns {Promise<readonly Point[]>}
 */
export async function partOf(path, [from, to]) {
  const range = `since=${Math.floor(from) - 1}&until=${Math.max(0, Math.ceil(to))}`
  /** @type {{ metrics: readonly Point[] }} */
  const { metrics } = await ask(`${path}/metrics?${range}&points=${shownPoints}`)
  return metrics
}
