import { h } from '../core/h.js'

const width = 120
const height = 28

/**
 * A small curve of values between 0 and `most`, newest right; gaps where there is none.
 * @param {readonly (number | null)[]} values
 * @param {number} most
 * @param {string} label
 */
export function sparkline(values, most, label) {
  const last = Math.max(1, values.length - 1)
  const x = (/** @type {number} */ index) => ((index / last) * width).toFixed(1)
  const y = (/** @type {number} */ value) =>
    (height - 1 - Math.min(1, Math.max(0, value / (most || 1))) * (height - 2)).toFixed(1)
  const line = pieces(values)
    .map((piece) => `M${piece.map(([index, value]) => `${x(index)},${y(value)}`).join('L')}`)
    .join('')
  const area = pieces(values)
    .map((piece) => {
      const [first] = piece[0] ?? [0]
      const [end] = piece.at(-1) ?? [0]
      return `M${x(first)},${height}L${piece.map(([index, value]) => `${x(index)},${y(value)}`).join('L')}L${x(end)},${height}Z`
    })
    .join('')
  return h(
    'svg',
    {
      class: 'spark',
      viewBox: `0 0 ${width} ${height}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': label,
    },
    h('path', { class: 'spark-area', d: area }),
    h('path', { class: 'spark-line', d: line }),
  )
}

/** Runs of values without a gap. @param {readonly (number | null)[]} values @returns {[number, number][][]} */
function pieces(values) {
  /** @type {[number, number][][]} */
  const found = []
  /** @type {[number, number][] | undefined} */
  let piece
  for (const [index, value] of values.entries()) {
    if (value === null || value === undefined) piece = undefined
    else if (piece) piece.push([index, value])
    else {
      piece = [[index, value]]
      found.push(piece)
    }
  }
  return found
}
