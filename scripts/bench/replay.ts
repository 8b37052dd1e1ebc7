import { Chess } from 'chess.js'
import { positionCache, replay } from '../../services/inference/games/replay.ts'
import type { Comparison } from './comparison.ts'
import { milliseconds, timeOf } from './time-of.ts'

const plies = 80
const games = 20

/** Games replayed from the start: our Position against chess.js's public move(). */
export async function benchReplay(): Promise<Comparison> {
  const lines = Array.from({ length: games }, (_, seed) => randomGame(seed + 1))
  const ours = await timeOf(() => lines.map((moves) => replay(moves, positionCache())))
  const reference = await timeOf(() => lines.map(byPublicCalls))
  return {
    what: `replay of ${plies} plies`,
    ours: milliseconds(ours / games),
    reference: `${milliseconds(reference / games)} (chess.js move)`,
    ratio: reference / ours,
  }
}

function byPublicCalls(moves: readonly string[]): void {
  const chess = new Chess()
  for (const move of moves) chess.move(move)
}

/** A game of legal moves, the same for the same seed. */
function randomGame(seed: number): readonly string[] {
  const chess = new Chess()
  let state = seed
  while (chess.history().length < plies) {
    state = (state * 48_271) % 2_147_483_647
    const moves = chess.moves({ verbose: true })
    const move = moves[state % moves.length]
    if (!move) return randomGame(seed + games)
    chess.move(move)
  }
  return chess.history({ verbose: true }).map((move) => move.lan)
}
