import type { Position } from './position.ts'

const castlingForm = /^[O0]-[O0](-[O0])?[+#]?[!?]*$/
const moveForm =
  /^(?<piece>[KQRBNP])?(?<file>[a-h])?(?<rank>[1-8])?[x:-]?(?<to>[a-h][1-8])(?:=?\(?(?<promotion>[QRBNqrbn])\)?)?[+#]{0,2}[!?]*$/

/**
 * The legal moves, in UCI form, that a move in SAN may mean here: one when all is well. Also takes too much
 * disambiguation, zeros for castling and UCI itself; undefined for what is no move in any form.
 */
export function movesOfSan(san: string, position: Position): readonly string[] | undefined {
  const castling = castlingForm.exec(san)
  if (castling) return castlingMoves(position, castling[1] === undefined ? 'g' : 'c')
  const { piece, file, rank, to, promotion } = moveForm.exec(san)?.groups ?? {}
  if (to === undefined) return undefined
  const wholeSquare = file !== undefined && rank !== undefined
  const type = piece?.toLowerCase() ?? (wholeSquare ? undefined : 'p')
  return position
    .legalMoves()
    .filter(
      (uci) =>
        uci.slice(2, 4) === to &&
        uci[4] === promotion?.toLowerCase() &&
        (file ?? uci[0]) === uci[0] &&
        (rank ?? uci[1]) === uci[1] &&
        (type ?? position.pieceAt(uci.slice(0, 2))) === position.pieceAt(uci.slice(0, 2)),
    )
}

function castlingMoves(position: Position, file: 'g' | 'c'): readonly string[] {
  const rank = position.turn === 'w' ? 1 : 8
  const king = `e${rank}`
  if (position.pieceAt(king) !== 'k') return []
  return position.legalMoves().filter((uci) => uci === `${king}${file}${rank}`)
}
