import { lttb, type Spot } from './lttb.ts'

/**
 * At most `count` steps of a curve, sorted by step, that look like it, besides those in `taken`: MinMaxLTTB, when `spots`
 * holds the extremes of many buckets. The lowest and the highest value come first. Pure.
 */
export function chooseSteps(
  spots: readonly Spot[],
  count: number,
  taken: ReadonlySet<number> = new Set(),
): readonly number[] {
  const chosen = new Set<number>()
  const fresh = (steps: readonly number[]) => steps.filter((step) => !taken.has(step) && !chosen.has(step))
  const take = (steps: readonly number[]) => {
    for (const step of evenly(fresh(steps), count - chosen.size)) chosen.add(step)
  }
  take(extremesOf(spots))
  // Steps that are shown already leave room for others: what is asked for grows until it is used up.
  for (let wanted = count; chosen.size < count; wanted *= 2) {
    take(lttb(spots, wanted).map(({ step }) => step))
    if (wanted >= spots.length) break
  }
  return [...chosen]
}

/** At most `count` of them, spread over all. */
export function evenly(steps: readonly number[], count: number): readonly number[] {
  if (steps.length <= count) return steps
  return Array.from(
    { length: Math.max(0, count) },
    (_, at) => steps[Math.floor(((at + 0.5) * steps.length) / count)] ?? 0,
  )
}

function extremesOf(spots: readonly Spot[]): readonly number[] {
  const [first] = spots
  if (!first) return []
  let [lowest, highest] = [first, first]
  for (const spot of spots) {
    if (spot.value < lowest.value) lowest = spot
    if (spot.value > highest.value) highest = spot
  }
  return [...new Set([lowest.step, highest.step])]
}
