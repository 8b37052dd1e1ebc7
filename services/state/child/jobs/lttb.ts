/** A place on a curve. */
export interface Spot {
  readonly step: number
  readonly value: number
}

/**
 * Largest Triangle Three Buckets (Steinarsson 2013): `count` spots of a curve, sorted by step, that look like it. The first
 * and the last one stay. Pure.
 */
export function lttb(spots: readonly Spot[], count: number): readonly Spot[] {
  const first = spots[0]
  const last = spots.at(-1)
  if (!first || !last || spots.length <= count) return spots
  if (count < 3) return [first, last].slice(0, Math.max(count, 1))
  const chosen = [first]
  const width = (spots.length - 2) / (count - 2)
  let before = first
  for (let bucket = 0; bucket < count - 2; bucket += 1) {
    const begin = 1 + Math.floor(bucket * width)
    const end = 1 + Math.floor((bucket + 1) * width)
    const next = middle(spots, end, Math.min(1 + Math.floor((bucket + 2) * width), spots.length))
    before = furthest(spots, begin, end, before, next)
    chosen.push(before)
  }
  return [...chosen, last]
}

/** The mean of the spots from `begin` to before `end`. */
function middle(spots: readonly Spot[], begin: number, end: number): Spot {
  let step = 0
  let value = 0
  for (let at = begin; at < end; at += 1) {
    step += spots[at]?.step ?? 0
    value += spots[at]?.value ?? 0
  }
  const many = Math.max(1, end - begin)
  return { step: step / many, value: value / many }
}

/** The spot that spans the largest triangle with two others. */
function furthest(spots: readonly Spot[], begin: number, end: number, before: Spot, next: Spot): Spot {
  let best = spots[begin] ?? before
  let largest = -1
  for (let at = begin; at < end; at += 1) {
    const spot = spots[at] ?? best
    const area = Math.abs(
      (before.step - next.step) * (spot.value - before.value) -
        (before.step - spot.step) * (next.value - before.value),
    )
    if (area > largest) {
      largest = area
      best = spot
    }
  }
  return best
}
