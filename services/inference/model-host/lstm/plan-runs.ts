/** What a run costs beside its steps, and a step beside its rows, in steps of one row: measured on CPUs. */
const runCost = 8
const stepCost = 4

/**
 * Splits a batch into runs, shortest rows first: each row of a run is padded to its longest, so rows go together only
 * while that costs less than another run. Pure.
 */
export function planRuns<Item>(
  batch: readonly Item[],
  stepsOf: (item: Item) => number,
): readonly (readonly Item[])[] {
  const sorted = batch.toSorted((left, right) => stepsOf(left) - stepsOf(right))
  // For the first rows, as many as the place in the list says: what they cost at least, and where their last run begins.
  const cheapest = [{ cost: 0, from: 0 }]
  for (const [index, longest] of sorted.entries()) {
    const options = cheapest.map(({ cost }, from) => ({
      cost: cost + runCost + stepsOf(longest) * (stepCost + index + 1 - from),
      from,
    }))
    cheapest.push(options.reduce((best, option) => (option.cost < best.cost ? option : best)))
  }
  const runs: (readonly Item[])[] = []
  for (let end = sorted.length; end > 0; end = cheapest[end]?.from ?? 0) {
    runs.unshift(sorted.slice(cheapest[end]?.from, end))
  }
  return runs
}
