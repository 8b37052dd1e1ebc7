/** Lc0's scale from an expected result (-1 lost, 0 even, 1 won; for the side to move) to hundredths of a pawn. */
export function centipawns(expected: number): number {
  return Math.round(90 * Math.tan(1.563_754_189_7 * Math.max(-1, Math.min(1, expected))))
}
