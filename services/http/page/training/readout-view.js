/** @import { Run } from './chart-data.js' */
import { figure, grouped } from '../core/format.js'
import { h } from '../core/h.js'
import { isLoss } from './keys.js'

/**
 * The values under the cursor, else the newest ones.
 * @param {readonly Run[]} runs
 * @param {{ keys: readonly string[] }} chosen
 * @param {number | undefined} step
 */
export function readoutView(runs, { keys }, step) {
  const at = step ?? Math.max(...runs.map(({ points }) => points.at(-1)?.step ?? 0))
  if (runs.length === 0 || !Number.isFinite(at)) return null
  const values = runs.flatMap((run) =>
    keys.flatMap((key) => {
      const value = valueAt(run, key, at)
      if (value === undefined) return []
      const name = runs.length > 1 ? `${run.label} ${key}` : key
      const line = h('span', {
        class: isLoss(key) && key !== 'loss' ? 'swatch is-dashed' : 'swatch',
        '--run-ink': `var(--run-${run.colour + 1})`,
        'aria-hidden': 'true',
      })
      return [h('li', { key: `${run.id} ${key}` }, line, h('span', null, name), h('b', null, figure(value)))]
    }),
  )
  return [h('span', { class: 'step' }, `step ${grouped(at)}`), h('ul', null, values)]
}

/** The last value at or before a step. @param {Run} run @param {string} key @param {number} step */
function valueAt({ points }, key, step) {
  for (let place = points.length - 1; place >= 0; place -= 1) {
    const point = points[place]
    const value = point?.[key]
    if (point && point.step <= step && typeof value === 'number') return value
  }
  return undefined
}
