/** A move and its share of the probability among the moves it was ranked with. */
export interface RankedMove {
  readonly uci: string
  readonly probability: number
}

/** The ids of the `count` highest scores, best first; equal scores by lower id. */
export function topIds(scores: Float32Array, count: number): readonly number[] {
  const best: number[] = []
  let worst = Number.NEGATIVE_INFINITY
  for (let id = 0; id < scores.length; id += 1) {
    const score = scoreAt(scores, id)
    if (best.length === count && !(score > worst)) continue
    let place = best.length
    while (place > 0 && score > scoreAt(scores, best[place - 1])) place -= 1
    best.splice(place, 0, id)
    if (best.length > count) best.pop()
    worst = scoreAt(scores, best.at(-1))
  }
  return best
}

/** Probabilities of `ids` under a softmax over all scores. */
export function probabilities(scores: Float32Array, ids: readonly number[]): readonly number[] {
  return softmax(
    scores,
    ids.map((id) => scoreAt(scores, id)),
  )
}

/** All legal moves, best first; moves without a score come last with 0, in their own order. */
export function rankLegal(
  legal: readonly string[],
  scoreOf: (uci: string) => number | undefined,
): readonly RankedMove[] {
  const known = legal.flatMap((uci) => {
    const score = scoreOf(uci)
    return score === undefined ? [] : [{ uci, score }]
  })
  known.sort((left, right) => right.score - left.score)
  const scores = known.map(({ score }) => score)
  const shares = softmax(scores, scores)
  const ranked = known.map(({ uci }, index) => ({ uci, probability: shares[index] ?? 0 }))
  const unknown = legal.filter((uci) => scoreOf(uci) === undefined)
  return [...ranked, ...unknown.map((uci) => ({ uci, probability: 0 }))]
}

/** exp(chosen) over the sum of exp(all), safe against overflow. */
function softmax(all: ArrayLike<number>, chosen: readonly number[]): readonly number[] {
  let highest = Number.NEGATIVE_INFINITY
  for (let index = 0; index < all.length; index += 1) highest = Math.max(highest, all[index] ?? highest)
  let sum = 0
  for (let index = 0; index < all.length; index += 1) sum += Math.exp((all[index] ?? highest) - highest)
  return chosen.map((score) => Math.exp(score - highest) / sum)
}

function scoreAt(scores: Float32Array, id: number | undefined): number {
  return scores[id ?? -1] ?? Number.NEGATIVE_INFINITY
}
