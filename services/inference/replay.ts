import { LRUCache } from 'lru-cache'
import { Position } from './position.ts'
import { RequestProblem } from './request-problem.ts'

/** Positions by the moves that lead to them, joined by blanks. They are shared: clone before playing on. */
export type PositionCache = LRUCache<string, Position>

const rememberedBytes = 8 * 2 ** 20
/** Board, legal moves, and per ply the key's text and a repetition key: measured, rounded up. */
const bytesOf = (position: Position) => 6000 + 40 * position.ply
/** A growing game comes back with two plies more, an analysis with a few less or more. */
const prefixesTried = 8
const uciForm = /^[a-h][1-8][a-h][1-8][qrbn]?$/

export function positionCache(): PositionCache {
  return new LRUCache({ maxSize: rememberedBytes, sizeCalculation: bytesOf })
}

/** The position after `moves` from the start; throws a 400 that names the first bad move and its ply. */
export function replay(moves: readonly string[], cache: PositionCache): Position {
  const key = moves.join(' ')
  const known = cache.get(key)
  if (known) return known
  const position = longestKnownPrefix(moves, cache)?.clone() ?? Position.start()
  for (const move of moves.slice(position.ply)) {
    if (!position.play(move)) throw moveProblem(position, move)
  }
  cache.set(key, position)
  return position
}

function longestKnownPrefix(moves: readonly string[], cache: PositionCache): Position | undefined {
  const shortest = Math.max(1, moves.length - prefixesTried)
  for (let length = moves.length - 1; length >= shortest; length -= 1) {
    const known = cache.get(moves.slice(0, length).join(' '))
    if (known) return known
  }
  return undefined
}

function moveProblem(position: Position, move: string): RequestProblem {
  const ply = position.ply + 1
  const extra = { move, ply }
  if (!uciForm.test(move)) {
    const detail = `Malformed move ${JSON.stringify(move.slice(0, 40))} at ply ${ply}: UCI moves look like e2e4, e1g1 (castling) or e7e8q (promotion).`
    return new RequestProblem(400, 'Malformed move', detail, { extra: { ...extra, move: move.slice(0, 40) } })
  }
  const detail = `Illegal move ${move} at ply ${ply}: ${whyIllegal(position, move)}.`
  return new RequestProblem(400, 'Illegal move', detail, { extra })
}

const castlingByRook: Readonly<Record<string, string>> = {
  e1h1: 'e1g1',
  e1a1: 'e1c1',
  e8h8: 'e8g8',
  e8a8: 'e8c8',
}

function whyIllegal(position: Position, move: string): string {
  const over = position.gameOver()
  if (over === 'checkmate' || over === 'stalemate') return `the game ended before it by ${over}`
  const legal = position.legalMoves()
  const plain = move.slice(0, 4)
  if (move.length === 4 && legal.includes(`${move}q`)) {
    return `a pawn that reaches the last rank needs a promotion piece, for example ${move}q`
  }
  if (move.length === 5 && legal.includes(plain)) return `no pawn is promoted by ${plain}`
  const castling = castlingByRook[plain]
  if (castling && position.pieceAt(plain.slice(0, 2)) === 'k' && legal.includes(castling)) {
    return `castling is written as the king's move, ${castling}`
  }
  const side = position.turn === 'w' ? 'White' : 'Black'
  const piece = position.pieceAt(plain.slice(0, 2))
  return piece ? `${side} to move cannot play it here` : `there is no piece on ${plain.slice(0, 2)}`
}
