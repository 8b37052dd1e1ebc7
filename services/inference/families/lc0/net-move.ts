import type { Position } from '../../games/position.ts'
import { policyIds, policyMoves } from './policy-moves.ts'

/** The output that stands for a move in UCI form (castling `e1g1`, promotion `a7a8n`); undefined: there is none. */
export function policyIdOf(uci: string, position: Position): number | undefined {
  const plain = uci.endsWith('n') ? uci.slice(0, 4) : uci
  const id = policyIds.get(fromMover(swappedCastling(plain, position), position))
  return id !== undefined && moveOfPolicyId(id, position) === uci ? id : undefined
}

/** The move in UCI form that an output stands for in this position, legal or not. */
export function moveOfPolicyId(id: number, position: Position): string {
  const move = swappedCastling(fromMover(policyMoves[id] ?? '', position), position)
  return move.length === 4 && isPromotion(move, position) ? `${move}n` : move
}

/** Black's board is turned upside down for the net; turning it again turns it back. */
function fromMover(move: string, { turn }: Position): string {
  return turn === 'w' ? move : move.replace(/[1-8]/g, (rank) => String(9 - Number(rank)))
}

const castlings: Readonly<Record<string, string>> = {
  e1g1: 'e1h1',
  e1c1: 'e1a1',
  e8g8: 'e8h8',
  e8c8: 'e8a8',
}
const byKing: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.keys(castlings).map((move) => [move, move])),
  ...Object.fromEntries(Object.entries(castlings).map(([king, rook]) => [rook, king])),
}

/** Where castling is legal, its two spellings change places, so that no two outputs are the same move. */
function swappedCastling(move: string, position: Position): string {
  const castling = byKing[move]
  if (castling === undefined || position.pieceAt(move.slice(0, 2)) !== 'k') return move
  if (!position.legalMoves().includes(castling)) return move
  return move === castling ? (castlings[castling] ?? move) : castling
}

/** A white pawn on the seventh rank or a black one on the second can go nowhere else. */
function isPromotion(move: string, position: Position): boolean {
  const step = position.turn === 'w' ? /^.7.8/ : /^.2.1/
  return step.test(move) && position.pieceAt(move.slice(0, 2)) === 'p'
}
