import { LRUCache } from 'lru-cache'
import { moveProblem } from './move-problem.ts'
import { Position } from './position.ts'

/** Positions by the moves that lead to them, joined by blanks. They are shared: clone before playing on. */
export type PositionCache = LRUCache<string, Position>

const rememberedBytes = 8 * 2 ** 20
/** Board, legal moves, and per ply the key's text and a repetition key: measured, rounded up. */
const bytesOf = (position: Position) => 6000 + 40 * position.ply
/** A growing game comes back with two plies more, an analysis with a few less or more. */
const prefixesTried = 8

export function positionCache(): PositionCache {
  return new LRUCache({ maxSize: rememberedBytes, sizeCalculation: bytesOf })
}

/**
 * The position after `moves` from the usual start, or from a FEN that readFen() gave; throws a 400 that names the first
 * bad move and its ply.
 */
export function replay(moves: readonly string[], cache: PositionCache, startFen?: string): Position {
  const known = lookUp(moves, cache, startFen)
  if (known) return known
  const position = longestKnownPrefix(moves, cache, startFen)?.clone() ?? Position.start(startFen)
  for (const move of moves.slice(position.ply)) {
    if (!position.play(move)) throw moveProblem(position, move)
  }
  cache.set(keyOf(moves.join(' '), startFen), position)
  return position
}

function keyOf(moves: string, startFen: string | undefined): string {
  return startFen === undefined ? moves : `${startFen};${moves}`
}

// One "move" with blanks in it would have the key of several, one with `;` that of a game from a FEN.
function lookUp(
  moves: readonly string[],
  cache: PositionCache,
  startFen: string | undefined,
): Position | undefined {
  const text = moves.join(' ')
  if (text.includes(';')) return undefined
  const known = cache.get(keyOf(text, startFen))
  return known?.ply === moves.length ? known : undefined
}

function longestKnownPrefix(
  moves: readonly string[],
  cache: PositionCache,
  startFen: string | undefined,
): Position | undefined {
  const shortest = Math.max(1, moves.length - prefixesTried)
  for (let length = moves.length - 1; length >= shortest; length -= 1) {
    const known = lookUp(moves.slice(0, length), cache, startFen)
    if (known) return known
  }
  return undefined
}
