import { RequestProblem } from '../request-problem.ts'
import type { Position } from './position.ts'

const uciForm = /^[a-h][1-8][a-h][1-8][qrbn]?$/

/** A 400 about a move in UCI form that cannot be played in this position, with the reason and the ply. */
export function moveProblem(position: Position, move: string): RequestProblem {
  if (!uciForm.test(move)) {
    const form = 'UCI moves look like e2e4, e1g1 (castling) or e7e8q (promotion)'
    return malformedMove(position, move, form)
  }
  return illegalMove(position, move, whyIllegal(position, move))
}

/** A 400 about a move of a PGN text; `meant` are the legal moves that it may mean, undefined: it is no move at all. */
export function sanProblem(
  position: Position,
  san: string,
  meant: readonly string[] | undefined,
): RequestProblem {
  if (meant === undefined) return malformedMove(position, san, 'moves of a PGN look like Nf3, O-O or exd8=Q')
  const why = meant.length > 1 ? `it may mean ${meant.join(' or ')}` : whyNothingFits(position, san)
  return illegalMove(position, san, why)
}

function malformedMove(position: Position, move: string, form: string): RequestProblem {
  const ply = position.ply + 1
  const shown = move.slice(0, 40)
  const detail = `Malformed move ${JSON.stringify(shown)} at ply ${ply}: ${form}.`
  return new RequestProblem(400, 'Malformed move', detail, { extra: { move: shown, ply } })
}

function illegalMove(position: Position, move: string, why: string): RequestProblem {
  const ply = position.ply + 1
  const detail = `Illegal move ${move} at ply ${ply}: ${why}.`
  return new RequestProblem(400, 'Illegal move', detail, { extra: { move, ply } })
}

const castlingByRook: Readonly<Record<string, string>> = {
  e1h1: 'e1g1',
  e1a1: 'e1c1',
  e8h8: 'e8g8',
  e8a8: 'e8c8',
}

function whyIllegal(position: Position, move: string): string {
  const over = position.legalMoves().length === 0 ? position.gameOver() : null
  if (over) return `the game ended before it by ${over}`
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
  const piece = position.pieceAt(plain.slice(0, 2))
  return piece
    ? `${sideOf(position)} to move cannot play it here`
    : `there is no piece on ${plain.slice(0, 2)}`
}

function whyNothingFits(position: Position, san: string): string {
  if (position.legalMoves().length === 0) return `the game ended before it by ${position.gameOver()}`
  const piece = /^[a-h]x?[a-h]?[18]$/.test(san) ? '; a pawn on the last rank needs a piece, as in e8=Q' : ''
  return `${sideOf(position)} to move cannot play it here${piece}`
}

function sideOf({ turn }: Position): string {
  return turn === 'w' ? 'White' : 'Black'
}
