const squares = Array.from({ length: 64 }, (_none, index) => index)
const files = 'abcdefgh'

/**
 * What the 1858 outputs of an Lc0 policy stand for, as the side to move sees its moves: every queen or knight step from
 * every square, both counted a1, b1, ... h8; then the promotions to queen, rook and bishop. A promotion to a knight is
 * the plain step, and castling is the king's step onto its rook.
 */
export const policyMoves: readonly string[] = [
  ...squares.flatMap((from) => squares.filter((to) => isStep(from, to)).map((to) => name(from) + name(to))),
  ...promotions(),
]

/** Where a move stands in `policyMoves`. */
export const policyIds: ReadonlyMap<string, number> = new Map(policyMoves.map((move, id) => [move, id]))

function isStep(from: number, to: number): boolean {
  const across = Math.abs((from & 7) - (to & 7))
  const along = Math.abs((from >> 3) - (to >> 3))
  return from !== to && (across === 0 || along === 0 || across === along || across * along === 2)
}

function promotions(): string[] {
  const steps = [...files].flatMap((file, index) =>
    [...files.slice(Math.max(0, index - 1), index + 2)].map((onto) => `${file}7${onto}8`),
  )
  return steps.flatMap((step) => [...'qrb'].map((piece) => step + piece))
}

function name(square: number): string {
  return files.charAt(square & 7) + (1 + (square >> 3))
}
