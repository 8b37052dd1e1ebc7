export type Colour = 'w' | 'b'
export type PieceType = 'p' | 'n' | 'b' | 'r' | 'q' | 'k'

/** A move as chess.js 1.4.0 holds it: squares are 0x88 indices, a8 = 0. */
export interface InnerMove {
  readonly from: number
  readonly to: number
  readonly piece: PieceType
  readonly promotion?: PieceType
  readonly flags: number
}

/** The members of chess.js 1.4.0 that are used here although its types call them private. */
export interface InnerChess {
  _board: ({ readonly type: PieceType; readonly color: Colour } | undefined)[]
  _kings: Record<Colour, number>
  _castling: Record<Colour, number>
  _history: unknown[]
  readonly _turn: Colour
  readonly _epSquare: number
  readonly _halfMoves: number
  readonly _hash: bigint
  _moves(filter: { square?: string; piece?: PieceType; legal?: boolean }): InnerMove[]
  _makeMove(move: InnerMove): void
  _undoMove(): void
  _isKingAttacked(colour: Colour): boolean
  _moveToSan(move: InnerMove, legal: readonly InnerMove[]): string
  _epKey(): bigint
  isCheck(): boolean
  isInsufficientMaterial(): boolean
}

const enPassantFlag = 8
/** Bits of castling rights. */
export const castlingBits = { k: 32, q: 64 } as const
/** No square for en passant. */
export const noSquare = -1

/** Equal for positions that FIDE counts as the same: an en passant square matters only when taking is legal. */
export function repetitionKey(chess: InnerChess): bigint {
  if (chess._epSquare === noSquare) return chess._hash
  const legal = chess._moves({ piece: 'p' }).some((move) => (move.flags & enPassantFlag) !== 0)
  return legal ? chess._hash : chess._hash ^ chess._epKey()
}

/** Without a check only the king itself, en passant and a piece on a line with the king can leave it attacked. */
export function mayExpose({ from, piece, flags }: InnerMove, king: number): boolean {
  if (piece === 'k' || (flags & enPassantFlag) !== 0) return true
  const files = Math.abs((from & 7) - (king & 7))
  const ranks = Math.abs((from >> 4) - (king >> 4))
  return files === 0 || ranks === 0 || files === ranks
}

/** `e2e4`, `e7e8q`. */
export function uciOf({ from, to, promotion }: InnerMove): string {
  return squareName(from) + squareName(to) + (promotion ?? '')
}

function squareName(index: number): string {
  return String.fromCharCode(97 + (index & 7), 56 - (index >> 4))
}

/** From 0x88 with a8 = 0 to 0..63 with a1 = 0. */
export function fromCorner(index: number): number {
  return 8 * (7 - (index >> 4)) + (index & 7)
}

/** The 0x88 index of a square such as `e2`. */
export function indexOf(square: string): number {
  return square.charCodeAt(0) - 97 + 16 * (56 - square.charCodeAt(1))
}
