import type { Position } from '../games/position.ts'
import type { TokenRow } from '../model-host/protocol.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Who won, or nobody; null: not known. */
export type Winner = 'W' | 'B' | 'D' | null

const winnerIds = { W: 0, B: 1, D: 2 } as const
const unknownWinner = 3

/** What the model is asked: token ids (an empty context is one unknown token) and the ids of its features. */
export function encodeContext(
  { context, winnerSide }: { readonly context: readonly string[]; readonly winnerSide: Winner },
  position: Position,
  vocabulary: Vocabulary,
): TokenRow {
  const tokens = context.map((move) => vocabulary.idOf(move) ?? vocabulary.unknownId)
  return {
    kind: 'tokens',
    tokens: tokens.length > 0 ? tokens : [vocabulary.unknownId],
    winner: winnerSide === null ? unknownWinner : winnerIds[winnerSide],
    phase: position.phase(),
    side: position.turn === 'w' ? 0 : 1,
  }
}
