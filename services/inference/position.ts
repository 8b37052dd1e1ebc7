import { Chess } from 'chess.js'
import { type PhaseFacts, type PhaseId, phaseOf } from './phase.ts'

/** Why a game is over, or may be claimed to be (threefold repetition, fifty moves). */
export type GameOver =
  | 'checkmate'
  | 'stalemate'
  | 'insufficient_material'
  | 'threefold_repetition'
  | 'fifty_moves'

export type Colour = 'w' | 'b'
export type PieceType = 'p' | 'n' | 'b' | 'r' | 'q' | 'k'

/** A piece and where it stands: a1 is 0, h1 is 7, h8 is 63. */
export interface PlacedPiece {
  readonly type: PieceType
  readonly colour: Colour
  readonly square: number
}

/** A move as chess.js 1.4.0 holds it: squares are 0x88 indices, a8 = 0. */
interface InnerMove {
  readonly from: number
  readonly to: number
  readonly piece: PieceType
  readonly promotion?: PieceType
  readonly flags: number
}

/** The members of chess.js 1.4.0 that are used here although its types call them private. */
interface InnerChess {
  _board: ({ readonly type: PieceType; readonly color: Colour } | undefined)[]
  _kings: Record<Colour, number>
  _castling: Record<Colour, number>
  _history: unknown[]
  readonly _turn: Colour
  readonly _epSquare: number
  readonly _halfMoves: number
  readonly _hash: bigint
  _moves(filter: { square?: string; piece?: PieceType }): InnerMove[]
  _makeMove(move: InnerMove): void
  _moveToSan(move: InnerMove, legal: readonly InnerMove[]): string
  _epKey(): bigint
  isCheck(): boolean
  isInsufficientMaterial(): boolean
}

const enPassantFlag = 8
const castlingBits = { k: 32, q: 64 } as const
const noSquare = -1
const worth: Record<PieceType, number> = { p: 0, n: 3, b: 3, r: 5, q: 9, k: 0 }

/**
 * A chess position and what its game has repeated so far. chess.js's public `move()` writes SAN and two FENs for
 * every move (8 ms for 80 plies), so this one file uses its inner calls; the tests hold them to the public ones.
 */
export class Position {
  readonly #chess: InnerChess
  /** One key for each position since the last capture or pawn move, this one included. */
  #keys: bigint[]
  #ply: number
  #legal: readonly InnerMove[] | undefined

  private constructor(chess: InnerChess, keys: bigint[], ply: number) {
    this.#chess = chess
    this.#keys = keys
    this.#ply = ply
  }

  /** The start of a game, or any position by its FEN; throws chess.js's own sentence about a malformed one. */
  static start(fen?: string): Position {
    // The cast: chess.js declares its inner members private; at run time they are plain properties.
    const chess = new Chess(fen) as unknown as InnerChess
    return new Position(chess, [repetitionKey(chess)], 0)
  }

  /** A position of its own: playing on it leaves this one as it is. */
  clone(): Position {
    const { _board, _kings, _castling } = this.#chess
    const own = { _board: _board.slice(), _kings: { ..._kings }, _castling: { ..._castling }, _history: [] }
    const chess: InnerChess = Object.assign(Object.create(Chess.prototype), this.#chess, own)
    return new Position(chess, this.#keys.slice(), this.#ply)
  }

  /** Moves played to get here. */
  get ply(): number {
    return this.#ply
  }

  get turn(): Colour {
    return this.#chess._turn
  }

  /** Half moves since the last capture or pawn move; those before a FEN count as it says. */
  get halfMoves(): number {
    return this.#chess._halfMoves
  }

  /** Equal for positions that FIDE counts as the same, in this process. */
  get key(): bigint {
    return this.#keys.at(-1) ?? 0n
  }

  /** How often this game has been here before; what came before a FEN is not known. */
  get repetitions(): number {
    return this.#keys.filter((key) => key === this.key).length - 1
  }

  /** The square that a pawn has just passed over, when a pawn stands ready to take it or the FEN names it. */
  get enPassantSquare(): number | undefined {
    const { _epSquare } = this.#chess
    return _epSquare === noSquare ? undefined : fromCorner(_epSquare)
  }

  /** Whether neither king nor rook has moved yet on that side (`k` or `q`). */
  mayStillCastle(colour: Colour, side: 'k' | 'q'): boolean {
    return (this.#chess._castling[colour] & castlingBits[side]) !== 0
  }

  /** All pieces on the board. */
  pieces(): readonly PlacedPiece[] {
    return this.#chess._board.flatMap((piece, index) =>
      piece ? [{ type: piece.type, colour: piece.color, square: fromCorner(index) }] : [],
    )
  }

  /** The piece on a square such as `e2`. */
  pieceAt(square: string): PieceType | undefined {
    return this.#chess._board[indexOf(square)]?.type
  }

  /** Plays a move in UCI form; false, and nothing changed, when it is not legal here. */
  play(uci: string): boolean {
    const move = this.#find(uci)
    if (move === undefined) return false
    this.#chess._makeMove(move)
    this.#chess._history = [] // never undone: the list would only grow
    this.#legal = undefined
    this.#ply += 1
    if (this.#chess._halfMoves === 0) this.#keys = []
    this.#keys.push(repetitionKey(this.#chess))
    return true
  }

  /** Every legal move in UCI form (castling as `e1g1`). */
  legalMoves(): readonly string[] {
    return this.#legalMoves().map(uciOf)
  }

  /** A legal move in SAN (`Nf3`, `O-O`, `exd8=Q#`); undefined when it is not legal here. */
  san(uci: string): string | undefined {
    const move = this.#find(uci)
    return move && this.#chess._moveToSan(move, this.#legalMoves())
  }

  /** Checkmate and stalemate come before draws that somebody has to claim. */
  gameOver(): GameOver | null {
    if (this.#legalMoves().length === 0) return this.#chess.isCheck() ? 'checkmate' : 'stalemate'
    if (this.#chess.isInsufficientMaterial()) return 'insufficient_material'
    if (this.repetitions >= 2) return 'threefold_repetition'
    if (this.#chess._halfMoves >= 100) return 'fifty_moves'
    return null
  }

  phase(): PhaseId {
    return phaseOf(this.#phaseFacts())
  }

  #phaseFacts(): PhaseFacts {
    const { _board, _castling } = this.#chess
    const facts = { ply: this.#ply, nonPawnMaterial: 0, queens: 0 }
    for (const piece of _board) {
      if (piece === undefined) continue
      facts.nonPawnMaterial += worth[piece.type]
      if (piece.type === 'q') facts.queens += 1
    }
    return { ...facts, castlingRights: (_castling.w | _castling.b) !== 0 }
  }

  #legalMoves(): readonly InnerMove[] {
    this.#legal ??= this.#chess._moves({})
    return this.#legal
  }

  #find(uci: string): InnerMove | undefined {
    const candidates = this.#legal ?? this.#chess._moves({ square: uci.slice(0, 2) })
    return candidates.find((move) => uciOf(move) === uci)
  }
}

/** Equal for positions that FIDE counts as the same: an en passant square matters only when taking is legal. */
function repetitionKey(chess: InnerChess): bigint {
  if (chess._epSquare === noSquare) return chess._hash
  const legal = chess._moves({ piece: 'p' }).some((move) => (move.flags & enPassantFlag) !== 0)
  return legal ? chess._hash : chess._hash ^ chess._epKey()
}

function uciOf({ from, to, promotion }: InnerMove): string {
  return squareName(from) + squareName(to) + (promotion ?? '')
}

function squareName(index: number): string {
  return String.fromCharCode(97 + (index & 7), 56 - (index >> 4))
}

/** From 0x88 with a8 = 0 to 0..63 with a1 = 0. */
function fromCorner(index: number): number {
  return 8 * (7 - (index >> 4)) + (index & 7)
}

function indexOf(square: string): number {
  return square.charCodeAt(0) - 97 + 16 * (56 - square.charCodeAt(1))
}
