import { Chess } from 'chess.js'
import { RequestProblem } from '../request-problem.ts'

/** The usual start position. */
export const usualStart = 'rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1'

/** A text that cannot be read, or a position that no game comes to. */
class FenProblem extends Error {
  readonly title: string

  constructor(title: 'Malformed FEN' | 'Impossible position', message: string) {
    super(message)
    this.title = title
  }
}

const malformed = (message: string) => new FenProblem('Malformed FEN', message)
const impossible = (message: string) => new FenProblem('Impossible position', message)

/**
 * The FEN with all its six fields and single blanks, safe to play on; the two counters may be missing. Throws a 400 that
 * says what is wrong and names `field`, where it stood. `note` is told what was mended.
 */
export function readFen(text: string, field: 'fen' | 'pgn', note: (text: string) => void = () => {}): string {
  try {
    return normalFen(text, note)
  } catch (error) {
    if (!(error instanceof FenProblem)) throw error
    const detail = `The FEN in "${field}" cannot be used: ${error.message}.`
    throw new RequestProblem(400, error.title, detail, { extra: { field } })
  }
}

function normalFen(text: string, note: (text: string) => void): string {
  const [placement = '', turn = '', castling = '', enPassant = '', half = '0', full = '1', ...rest] = text
    .trim()
    .split(/\s+/)
  if (rest.length > 0 || enPassant === '') {
    throw malformed('it needs pieces, side to move, castling rights and en passant square, then two counters')
  }
  const board = boardOf(placement)
  if (turn !== 'w' && turn !== 'b') throw malformed(`the side to move must be w or b, not ${shown(turn)}`)
  checkPieces(board)
  const rights = castlingOf(castling, board, note)
  checkEnPassant(enPassant, turn, board)
  checkCounters(half, full)
  // Some programs count moves from 0.
  const fen = `${placement} ${turn} ${rights} ${enPassant} ${Number(half)} ${Math.max(Number(full), 1)}`
  checkChecks(fen, turn, board)
  return fen
}

type Board = ReadonlyMap<string, string>

/** The piece letters by square. */
function boardOf(placement: string): Board {
  const rows = placement.split('/')
  if (rows.length !== 8) throw malformed(`the pieces must be on 8 ranks, not ${rows.length}`)
  return new Map(rows.flatMap((row, index) => rankOf(row, 8 - index)))
}

function rankOf(row: string, rank: number): readonly (readonly [string, string])[] {
  if (!/^[1-8prnbqkPRNBQK]{1,8}$/.test(row) || /\d\d/.test(row)) {
    throw malformed(`rank ${rank} must be made of pieces (prnbqkPRNBQK) and counts of empty squares (1 to 8)`)
  }
  const squares = row.replace(/\d/g, (count) => '.'.repeat(Number(count)))
  if (squares.length !== 8) throw malformed(`rank ${rank} has ${squares.length} squares, not 8`)
  return [...squares].flatMap((piece, file) => (piece === '.' ? [] : [[`${'abcdefgh'[file]}${rank}`, piece]]))
}

function checkPieces(board: Board): void {
  const pieces = [...board.values()]
  for (const [side, king, pawn] of [
    ['White', 'K', 'P'],
    ['Black', 'k', 'p'],
  ] as const) {
    const own = pieces.filter((piece) => (piece === piece.toUpperCase()) === (side === 'White'))
    const count = (wanted: string) => own.filter((piece) => piece === wanted).length
    if (count(king) !== 1)
      throw impossible(`${side} has ${count(king) || 'no'} king${count(king) ? 's' : ''}`)
    if (own.length > 16) throw impossible(`${side} has ${own.length} pieces, and 16 are the most`)
    if (count(pawn) > 8) throw impossible(`${side} has ${count(pawn)} pawns, and 8 are the most`)
  }
  for (const [square, piece] of board) {
    if (/p/i.test(piece) && /[18]$/.test(square)) throw impossible(`a pawn stands on ${square}`)
  }
}

const castlingSquares: Readonly<Record<string, readonly [king: string, rook: string]>> = {
  K: ['e1', 'h1'],
  Q: ['e1', 'a1'],
  k: ['e8', 'h8'],
  q: ['e8', 'a8'],
}

/**
 * The rights in the usual order and letters: files of rooks (Shredder-FEN: HAha) and any order are read. A right without its king and rook
 * at home is taken off, for chess.js would castle with a rook that is not there.
 */
function castlingOf(text: string, board: Board, note: (text: string) => void): string {
  if (!/^(?:-|[KQkqHAha]{1,4})$/.test(text)) {
    throw malformed(`the castling rights must be - or letters of KQkq, not ${shown(text)}`)
  }
  const given = new Set(
    text.replaceAll('H', 'K').replaceAll('A', 'Q').replaceAll('h', 'k').replaceAll('a', 'q'),
  )
  const held = Object.entries(castlingSquares).filter(([right, [king, rook]]) => {
    if (!given.has(right)) return false
    const [kingLetter, rookLetter] = right < 'a' ? ['K', 'R'] : ['k', 'r']
    if (board.get(king) === kingLetter && board.get(rook) === rookLetter) return true
    note(`the castling right ${right} is taken off: it needs a king on ${king} and a rook on ${rook}`)
    return false
  })
  return held.map(([right]) => right).join('') || '-'
}

// The square is taken when the pawn is there, also where nothing can capture: many programs write it so.
function checkEnPassant(square: string, turn: 'w' | 'b', board: Board): void {
  if (square === '-') return
  const rank = turn === 'w' ? 6 : 3
  if (!/^[a-h][36]$/.test(square) || square[1] !== `${rank}`) {
    throw malformed(
      `the en passant square must be - or on rank ${rank} with ${turn} to move, not ${shown(square)}`,
    )
  }
  const [file, forward, pawn] = [square[0], turn === 'w' ? -1 : 1, turn === 'w' ? 'p' : 'P']
  const passed = board.has(square) || board.has(`${file}${rank - forward}`)
  if (passed || board.get(`${file}${rank + forward}`) !== pawn) {
    throw impossible(`no pawn has just passed the en passant square ${square}`)
  }
}

function checkCounters(half: string, full: string): void {
  if (!/^\d{1,4}$/.test(half)) throw malformed(`the half-move counter must be 0 to 9999, not ${shown(half)}`)
  if (!/^\d{1,4}$/.test(full)) throw malformed(`the move number must be 0 to 9999, not ${shown(full)}`)
}

function checkChecks(fen: string, turn: 'w' | 'b', board: Board): void {
  const chess = new Chess(fen)
  const kings = { w: 'K', b: 'k' }
  const other = turn === 'w' ? 'b' : 'w'
  const side = other === 'w' ? 'White' : 'Black'
  for (const [square, piece] of board) {
    // The keys are squares: boardOf() made them.
    const at = square as Parameters<typeof chess.attackers>[0]
    if (piece === kings[other] && chess.isAttacked(at, turn)) {
      throw impossible(`${side} is in check, and it is not ${side}'s turn`)
    }
    if (piece === kings[turn] && chess.attackers(at, other).length > 2) {
      throw impossible(`the king on ${square} is checked by more than two pieces`)
    }
  }
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 20))
}
