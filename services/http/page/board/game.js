import { Chess } from '../vendor/chess.js'

/** @typedef {'w' | 'b'} Side */

/** A game against the model: the rules, and who plays which side. @param {Side} human */
export function newGame(human) {
  const chess = new Chess()
  const moves = () => chess.history({ verbose: true })
  return {
    human,
    /** @param {string} square */
    legalMoves: (square) => movesFrom(chess, square),
    /** The moves as the pod wants them. */
    uci: () => moves().map(({ lan }) => lan),
    san: () => chess.history(),
    fen: () => chess.fen(),
    turn: () => chess.turn(),
    isHumansTurn: () => chess.turn() === human && endOf(chess) === undefined,
    end: () => endOf(chess),
    last: () => {
      const last = moves().at(-1)
      return last ? [last.from, last.to] : []
    },
    /** The square of the king that is in check. */
    check: () => (chess.isCheck() ? chess.findPiece({ type: 'k', color: chess.turn() })[0] : undefined),
    /** Where everything stands, in words. */
    words: () => `White: ${piecesOf(chess, 'w')}. Black: ${piecesOf(chess, 'b')}.`,
    /** How a move in UCI form is written here; the same when it is not legal. @param {string} uci */
    sanOf: (uci) => chess.moves({ verbose: true }).find(({ lan }) => lan === uci)?.san ?? uci,
    /** Throws when it is not legal. @param {string | import('./board-widget.js').Step} move UCI, SAN or squares */
    play: (move) => chess.move(typeof move === 'string' ? move : squaresOf(move)).san,
    /** Takes moves back until the human is to move. */
    undo() {
      chess.undo()
      if (chess.turn() !== human && chess.history().length > 0) chess.undo()
    },
  }
}

/** @param {Chess} chess @param {string} square */
function movesFrom(chess, square) {
  return chess.moves({ verbose: true }).filter(({ from }) => from === square)
}

/** How the game has ended; undefined while it goes on (a draw that may be claimed is no end). @param {Chess} chess */
function endOf(chess) {
  if (chess.isCheckmate())
    return chess.turn() === 'w' ? 'Checkmate: Black has won.' : 'Checkmate: White has won.'
  if (chess.isStalemate()) return 'Stalemate: a draw.'
  if (chess.isInsufficientMaterial()) return 'Too little is left to mate: a draw.'
  return undefined
}

/** @param {import('./board-widget.js').Step} step */
function squaresOf({ from, to, promotion }) {
  return promotion === undefined ? { from, to } : { from, to, promotion }
}

/** @type {Readonly<Record<string, string>>} */
const names = { k: 'king', q: 'queen', r: 'rook', b: 'bishop', n: 'knight', p: 'pawn' }

/** @param {Chess} chess @param {Side} side */
function piecesOf(chess, side) {
  const pieces = chess
    .board()
    .flatMap((rank) => rank.flatMap((piece) => (piece?.color === side ? [piece] : [])))
  const sorted = pieces.toSorted((a, b) => 'kqrbnp'.indexOf(a.type) - 'kqrbnp'.indexOf(b.type))
  return sorted.map(({ type, square }) => `${names[type]} ${square}`).join(', ')
}
