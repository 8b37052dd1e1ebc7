/** @import { Point } from '../shapes.d.ts' */
import { isLoss } from './keys.js'
import { smooth } from './smooth.js'

/**
 * @typedef {object} Run
 * @property {string} id
 * @property {string} label
 * @property {number} colour which of the palette
 * @property {readonly Point[]} points sorted by step
 *
 * @typedef {object} Curve
 * @property {string} label
 * @property {number} colour
 * @property {boolean} isFaint the raw values behind a smoothed curve
 * @property {boolean} isDashed
 * @property {boolean} hasDots measured now and then
 *
 * @typedef {object} ChartData
 * @property {number[]} steps
 * @property {Curve[]} curves
 * @property {(number | null)[][]} values one list for each curve, one entry for each step
 */

/** The curves of some keys of some runs over all their steps. @param {readonly Run[]} runs @param {readonly string[]} keys @param {number} weight @returns {ChartData} */
export function chartData(runs, keys, weight) {
  const steps = [...new Set(runs.flatMap(({ points }) => points.map(({ step }) => step)))].sort(
    (a, b) => a - b,
  )
  const placeOf = new Map(steps.map((step, place) => [step, place]))
  /** @type {ChartData} */
  const data = { steps, curves: [], values: [] }
  for (const run of runs) for (const key of keys) addCurves(data, { run, key, weight, placeOf })
  return data
}

/** @param {ChartData} data @param {{ run: Run, key: string, weight: number, placeOf: Map<number, number> }} what */
function addCurves({ steps, curves, values }, { run, key, weight, placeOf }) {
  /** @type {(number | null)[]} */
  const raw = new Array(steps.length).fill(null)
  let count = 0
  for (const point of run.points) {
    const value = point[key]
    if (typeof value !== 'number') continue
    raw[placeOf.get(point.step) ?? 0] = value
    count += 1
  }
  if (count === 0) return
  const hasDots = count < 3 || (count < run.points.length / 4 && count < 200)
  const curve = {
    label: `${run.label} ${key}`,
    colour: run.colour,
    isDashed: isLoss(key) && key !== 'loss',
    hasDots,
    isFaint: false,
  }
  const isSmoothed = weight > 0 && !hasDots && count > 2
  if (isSmoothed) {
    curves.push({ ...curve, isFaint: true })
    values.push(raw)
  }
  curves.push(curve)
  values.push(isSmoothed ? smooth(raw, weight) : raw)
}
