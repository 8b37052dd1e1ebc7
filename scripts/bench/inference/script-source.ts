import { Position } from '../../../services/inference/games/position.ts'
import type { Script } from './job.ts'

/** Moves of a context of the kind `independent`. */
export const independentPlies = 20
const gamePlies = 80
const step = 2

export type Kind = 'independent' | 'growing'
export const kinds: readonly Kind[] = ['independent', 'growing']

/** Random legal games, never the same twice from one source. */
export interface ScriptSource {
  /** So many requests at least, for so many clients. */
  take(kind: Kind, requests: number, clients: number): readonly Script[]
}

export function scriptSource(seed: number): ScriptSource {
  const random = numbers(seed)
  const seen = new Set<string>()
  const fresh = (plies: number): readonly string[] => {
    for (;;) {
      const moves = randomGame(plies, random)
      const key = moves.join(' ')
      if (moves.length < plies || seen.has(key)) continue
      seen.add(key)
      return moves
    }
  }
  return {
    take: (kind, requests, clients) =>
      kind === 'independent' ? independent(requests, fresh) : growing(requests, clients, fresh),
  }
}

type Fresh = (plies: number) => readonly string[]

function independent(requests: number, fresh: Fresh): readonly Script[] {
  return Array.from({ length: requests }, () => ({
    moves: fresh(independentPlies),
    lengths: [independentPlies],
  }))
}

/**
 * Whole games, two plies more with each request. The clients' first games begin spread over their length, as if
 * they had played for long: else a slow server would be asked short contexts only.
 */
function growing(requests: number, clients: number, fresh: Fresh): readonly Script[] {
  const each = gamePlies / step
  const games = Math.ceil(requests / each) + clients
  return Array.from({ length: games }, (_none, game) => {
    const skipped = game < clients ? Math.floor(((game + 0.5) / clients) * each) : 0
    const lengths = Array.from({ length: each - skipped }, (_no, at) => (skipped + at + 1) * step)
    return { moves: fresh(gamePlies), lengths }
  })
}

function randomGame(plies: number, random: () => number): readonly string[] {
  const position = Position.start()
  const moves: string[] = []
  while (moves.length < plies) {
    const legal = position.legalMoves()
    const move = legal[random() % legal.length]
    if (move === undefined) break
    position.play(move)
    moves.push(move)
  }
  return moves
}

/** Whole numbers, the same for the same seed. */
function numbers(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return Math.floor(state / 8)
  }
}
