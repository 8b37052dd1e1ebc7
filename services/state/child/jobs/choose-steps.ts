import { lttb, type Spot } from './lttb.ts'

/**
 * The steps of at most `count` spots (2 or more) of a curve, sorted by step, that look like it: MinMaxLTTB, when `spots`
 * holds the extremes of many buckets. The lowest and the highest value are always among them. Pure.
 */
export function chooseSteps(spots: readonly Spot[], count: number): readonly number[] {
  if (spots.length <= count) return spots.map(({ step }) => step)
  const [lowest, highest] = extremesOf(spots)
  const chosen = count <= 3 ? [] : lttb(spots, count - 2)
  return [...new Set([lowest, highest, ...chosen.map(({ step }) => step)])]
}

function extremesOf(spots: readonly Spot[]): readonly [number, number] {
  let lowest = spots[0]
  let highest = spots[0]
  for (const spot of spots) {
    if (spot.value < (lowest?.value ?? 0)) lowest = spot
    if (spot.value > (highest?.value ?? 0)) highest = spot
  }
  return [lowest?.step ?? 0, highest?.step ?? 0]
}
