import { Chess } from 'chess.js'
import {
  type Colour,
  castlingBits,
  fromCorner,
  type InnerChess,
  type InnerMove,
  indexOf,
  mayExpose,
  noSquare,
  type PieceType,
  repetitionKey,
  uciOf,
} from './inner-chess.ts'
import { type PhaseFacts, type PhaseId, phaseOf } from './phase.ts'

export type { Colour, PieceType } from './inner-chess.ts'

/** Why a game is over, or may be claimed to be (threefold repetition, fifty moves). */
export type GameOver =
  | 'checkmate'
  | 'stalemate'
  | 'insufficient_material'
  | 'threefold_repetition'
  | 'fifty_moves'

/** A piece and where it stands: a1 is 0, h1 is 7, h8 is 63. */
export interface PlacedPiece {
  readonly type: PieceType
  readonly colour: Colour
  readonly square: number
}

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
    const move = this.#legal ? this.#find(uci) : this.#findUnchecked(uci)
    if (move === undefined || !this.#made(move)) return false
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
    this.#legal ??= this.#findLegal()
    return this.#legal
  }

  /** Trying a move costs ten times as much as finding it, so only those are tried that may leave the king attacked. */
  #findLegal(): readonly InnerMove[] {
    const chess = this.#chess
    const king = chess._kings[chess._turn]
    const isCheck = chess.isCheck()
    return chess._moves({ legal: false }).filter((move) => {
      if (!isCheck && !mayExpose(move, king)) return true
      if (!this.#made(move)) return false
      chess._undoMove()
      return true
    })
  }

  #find(uci: string): InnerMove | undefined {
    return this.#legalMoves().find((move) => uciOf(move) === uci)
  }

  /** A move as its piece moves; whether it leaves the king attacked is not looked at. */
  #findUnchecked(uci: string): InnerMove | undefined {
    const candidates = this.#chess._moves({ square: uci.slice(0, 2), legal: false })
    return candidates.find((move) => uciOf(move) === uci)
  }

  /** Makes a move; false, and nothing changed, when it leaves the own king attacked. */
  #made(move: InnerMove): boolean {
    const us = this.#chess._turn
    this.#chess._makeMove(move)
    if (!this.#chess._isKingAttacked(us)) return true
    this.#chess._undoMove()
    return false
  }
}
