import { type PieceType, type PlacedPiece, Position } from '../../games/position.ts'

const positions = 8
const planesPerPosition = 13
const squares = 64
const pieceOrder: Readonly<Record<PieceType, number>> = { p: 0, n: 1, b: 2, r: 3, q: 4, k: 5 }
const theirs = 6
const repetition = 12
const afterHistory = positions * planesPerPosition
export const planeCount = 112

/**
 * Input planes of an Lc0 net in its classical format, [112, 8, 8], a1 of the side to move first: 8 times its pieces
 * (P N B R Q K), the other side's and a repetition, then castling (ours long and short, theirs), side, half moves since
 * the last capture or pawn move, zeros, ones. `history` is newest first; how it is filled up: docs/decisions/0065.
 */
export function encodePlanes(history: readonly [Position, ...Position[]]): Float32Array {
  const planes = new Float32Array(planeCount * squares)
  const [now] = history
  for (const [slot, position] of history.slice(0, positions).entries()) {
    addPieces(planes, slot, position.pieces(), now)
    if (position.repetitions > 0) fill(planes, slot * planesPerPosition + repetition, 1)
  }
  const before = beforeTheFirst(history.at(-1) ?? now)
  for (let slot = history.length; slot < positions; slot += 1) addPieces(planes, slot, before, now)
  addState(planes, now)
  return planes
}

function addPieces(
  planes: Float32Array,
  slot: number,
  pieces: readonly PlacedPiece[],
  { turn }: Position,
): void {
  const upsideDown = turn === 'w' ? 0 : 56
  for (const { type, colour, square } of pieces) {
    const plane = slot * planesPerPosition + pieceOrder[type] + (colour === turn ? 0 : theirs)
    planes[plane * squares + (square ^ upsideDown)] = 1
  }
}

const usualStart = Position.start().key

/** What is shown where nothing is known: nothing before the usual start, before a FEN the same once more. */
function beforeTheFirst(first: Position): readonly PlacedPiece[] {
  if (first.key === usualStart) return []
  const passed = first.enPassantSquare
  if (passed === undefined) return first.pieces()
  // The one move that a FEN tells: a pawn has just gone two squares.
  const step = passed < 32 ? 8 : -8
  return first
    .pieces()
    .map((piece) => (piece.square === passed + step ? { ...piece, square: passed - step } : piece))
}

function addState(planes: Float32Array, now: Position): void {
  const us = now.turn
  const them = us === 'w' ? 'b' : 'w'
  const state = [
    now.mayStillCastle(us, 'q'),
    now.mayStillCastle(us, 'k'),
    now.mayStillCastle(them, 'q'),
    now.mayStillCastle(them, 'k'),
    us === 'b',
    now.halfMoves,
    0,
    1,
  ]
  for (const [index, value] of state.entries()) fill(planes, afterHistory + index, Number(value))
}

function fill(planes: Float32Array, plane: number, value: number): void {
  planes.fill(value, plane * squares, (plane + 1) * squares)
}
