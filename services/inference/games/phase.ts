/** Ids of the phase embedding of NextMoveLSTM models; `unknown` is kept for models and callers without a board. */
export const phaseIds = { unknown: 0, opening: 1, middlegame: 2, endgame: 3 } as const
export type PhaseId = (typeof phaseIds)[keyof typeof phaseIds]

/** What the phase rule looks at. */
export interface PhaseFacts {
  readonly ply: number
  /** Both sides together: knight and bishop 3, rook 5, queen 9. */
  readonly nonPawnMaterial: number
  readonly queens: number
  /** Whether anyone may still castle, now or later. */
  readonly castlingRights: boolean
}

const endgameMaterial = 14
const queenlessEndgameMaterial = 20
const openingPlies = 20

/** The phase that models were trained with: the trainer applies the same rule. */
export function phaseOf({ ply, nonPawnMaterial, queens, castlingRights }: PhaseFacts): PhaseId {
  if (nonPawnMaterial <= endgameMaterial) return phaseIds.endgame
  if (queens === 0 && nonPawnMaterial <= queenlessEndgameMaterial) return phaseIds.endgame
  if (ply <= openingPlies && castlingRights) return phaseIds.opening
  return phaseIds.middlegame
}
