import { BORDER_TYPE, Chessboard, INPUT_EVENT_TYPE } from '../vendor/cm-chessboard/src/Chessboard.js'
import { MARKER_TYPE, Markers } from '../vendor/cm-chessboard/src/extensions/markers/Markers.js'
import {
  PROMOTION_DIALOG_RESULT_TYPE,
  PromotionDialog,
} from '../vendor/cm-chessboard/src/extensions/promotion-dialog/PromotionDialog.js'
import { allowStyles } from './allow-style.js'

/** @typedef {{ readonly from: string, readonly to: string, readonly promotion?: string | undefined }} Step */

/**
 * The board in `place`. It asks `legalMoves` what may be moved, and tells `onMove` what was, or `onIllegal`.
 * @param {HTMLElement} place
 * @param {object} game
 * @param {(square: string) => readonly Step[]} game.legalMoves from this square
 * @param {(step: Step) => void} game.onMove
 * @param {(from: string, to: string) => void} game.onIllegal
 */
export function boardWidget(place, { legalMoves, onMove, onIllegal }) {
  allowStyles()
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
  const board = new Chessboard(place, {
    assetsUrl: new URL('../vendor/cm-chessboard/assets/', import.meta.url).href,
    style: {
      cssClass: 'podmate',
      borderType: BORDER_TYPE.none,
      pieces: { file: new URL('../pieces.svg', import.meta.url).href },
      animationDuration: isStill ? 0 : 220,
    },
    extensions: [{ class: Markers, props: { autoMarkers: null } }, { class: PromotionDialog }],
  })
  /** @type {'w' | 'b'} */
  let side = 'w'
  /** @param {import('../vendor/cm-chessboard/src/Chessboard.js').InputEvent} event */
  const input = ({ type, squareFrom: from, squareTo: to }) => {
    if (type === INPUT_EVENT_TYPE.moveInputStarted) {
      const moves = legalMoves(from)
      board.addLegalMovesMarkers(moves)
      return moves.length > 0
    }
    if (type === INPUT_EVENT_TYPE.validateMoveInput) {
      board.removeLegalMovesMarkers()
      const [move] = legalMoves(from).filter((one) => one.to === to)
      if (!move) onIllegal(from, to)
      else if (move.promotion) choosePiece(from, to)
      // After the piece stands where it was put.
      else setTimeout(() => onMove({ from, to }))
      return move !== undefined
    }
    if (type !== 'movingOverSquare') board.removeLegalMovesMarkers()
    return undefined
  }
  const choosePiece = (/** @type {string} */ from, /** @type {string} */ to) => {
    const before = legalMoves(from)
    board.showPromotionDialog(to, side, ({ type, piece }) => {
      const isChosen = type === PROMOTION_DIALOG_RESULT_TYPE.pieceSelected
      const promotion = isChosen ? piece?.charAt(1) : undefined
      if (promotion && before.length > 0) onMove({ from, to, promotion })
      else onIllegal('', '')
    })
  }
  return {
    /**
     * Shows a position; `isHumans`: the side at the bottom may move.
     * @param {{ fen: string, bottom: 'w' | 'b', last: readonly string[], check: string | undefined, isHumans: boolean, words: string }} view
     */
    show({ fen, bottom, last, check, isHumans, words }) {
      place.querySelector('svg')?.setAttribute('aria-label', words)
      if (side !== bottom) void board.setOrientation(bottom)
      side = bottom
      void board.setPosition(fen, true)
      board.removeMarkers()
      for (const square of last) board.addMarker(MARKER_TYPE.square, square)
      if (check) board.addMarker(MARKER_TYPE.circleDanger, check)
      if (board.isMoveInputEnabled()) board.disableMoveInput()
      if (isHumans) board.enableMoveInput(input, bottom)
    },
  }
}
