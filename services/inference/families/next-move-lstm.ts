import type { LoadedModel } from '../model-host/protocol.ts'
import { encodeContext } from './encode-context.ts'
import type { Family } from './family.ts'
import { vocabularyOf } from './vocabulary.ts'

/** Reads a game as tokens from the usual start position, one for each move; scores belong to tokens. */
export function nextMoveLstm({ tokens, unknownId }: LoadedModel): Family {
  const vocabulary = vocabularyOf(tokens, unknownId)
  return {
    name: 'next_move_lstm',
    takesFen: false,
    choosesLegal: false,
    encode: ({ moves, position }, winnerSide) =>
      encodeContext({ context: moves, winnerSide }, position, vocabulary),
    size: vocabulary.size,
    idOf: (uci) => vocabulary.idOf(uci),
    tokenOf: (id) => vocabulary.tokenOf(id),
  }
}
