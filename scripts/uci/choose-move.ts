import type { RankedMove } from '../../services/inference/ranking.ts'

export interface Taste {
  /** Percent: 0 takes the best, 100 draws by the model's probabilities, more evens them out. */
  readonly temperature: number
  /** How many of the best are drawn from; 0 = all. */
  readonly topK: number
}

/** A move out of `ranked` (best first); undefined when there is none. Moves without a probability are never drawn. */
export function chooseMove(
  ranked: readonly RankedMove[],
  { temperature, topK }: Taste,
  random: () => number,
): string | undefined {
  const best = ranked[0]
  const candidates = ranked.slice(0, topK || ranked.length).filter(({ probability }) => probability > 0)
  if (temperature === 0 || candidates.length < 2) return best?.uci
  // Of the best one, so that no power of a small number vanishes.
  const weights = candidates.map(({ probability }) =>
    Math.exp((Math.log(probability / (best?.probability ?? 1)) * 100) / temperature),
  )
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0)
  const drawn = candidates.find((_, index) => {
    left -= weights[index] ?? 0
    return left < 0
  })
  return (drawn ?? best)?.uci
}
