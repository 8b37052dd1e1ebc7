/** @import { Point } from '../shapes.d.ts' */

/** Numbers of a report that are no curves of their own. */
const notDrawn = new Set([
  'id',
  'step',
  'timestamp',
  'epoch',
  'progress',
  'elapsed_seconds',
  'remaining_seconds',
])

/** What a trainer reports besides the losses is drawn below them, each for itself. @param {string} key */
export function isLoss(key) {
  return /loss/i.test(key)
}

/** Every key that can be drawn, losses first. @param {readonly (readonly Point[])[]} runs @returns {string[]} */
export function drawableKeys(runs) {
  const keys = new Set()
  for (const points of runs)
    for (const point of points)
      for (const [key, value] of Object.entries(point))
        if (typeof value === 'number' && !notDrawn.has(key)) keys.add(key)
  const rank = (/** @type {string} */ key) =>
    key === 'loss' ? 0 : key === 'eval_loss' ? 1 : isLoss(key) ? 2 : 3
  return [...keys].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
}

/** Keys that share a chart: all losses one, every other its own. @param {readonly string[]} keys @returns {string[][]} */
export function chartsOf(keys) {
  const losses = keys.filter(isLoss)
  return [...(losses.length > 0 ? [losses] : []), ...keys.filter((key) => !isLoss(key)).map((key) => [key])]
}
