/**
 * Exponential moving average without the bias of its beginning. `weight` from 0 (nothing is smoothed) to below 1; gaps stay
 * gaps.
 * @param {readonly (number | null)[]} values
 * @param {number} weight
 * @returns {(number | null)[]}
 */
export function smooth(values, weight) {
  let mean = 0
  let seen = 0
  return values.map((value) => {
    if (value === null) return null
    mean = weight * mean + (1 - weight) * value
    seen += 1
    return mean / (1 - weight ** seen)
  })
}
