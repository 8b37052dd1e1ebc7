import type { Game } from '../games/game.ts'
import type { Position } from '../games/position.ts'
import type { FamilyName, LoadedModel, Row } from '../model-host/protocol.ts'
import type { Winner } from './encode-context.ts'
import { lc0 } from './lc0.ts'
import { nextMoveLstm } from './next-move-lstm.ts'

/** Everything that differs between model families on this side of the process boundary. */
export interface Family {
  readonly name: FamilyName
  /** Whether a game may start from a FEN. */
  readonly takesFen: boolean
  /** Whether scores of illegal moves mean nothing, so that only legal ones are its choices. */
  readonly choosesLegal: boolean
  /** The row that the model is asked. */
  encode(game: Game, winnerSide: Winner): Row
  /** Number of scores in an output. */
  readonly size: number
  /** Where the score of a move in this position lies; undefined when the model does not know the move. */
  idOf(uci: string, position: Position): number | undefined
  /** The move, or another token of the model, that a score belongs to in this position. */
  tokenOf(id: number, position: Position): string
}

/** The family of a loaded model. */
export function familyOf(model: LoadedModel): Family {
  return model.family === 'lc0' ? lc0 : nextMoveLstm(model)
}
