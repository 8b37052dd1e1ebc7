import type { Position } from '../games/position.ts'
import type { TokenRow } from '../model-host/protocol.ts'
import type { Vocabulary } from './vocabulary.ts'

const winnerIds: Readonly<Record<string, number>> = { W: 0, B: 1, D: 2 }
const unknownWinner = 3

/** What the model is asked: token ids (an empty context is one unknown token) and the ids of its features. */
export function encodeContext(
  { context, winnerSide }: { readonly context: readonly string[]; readonly winnerSide: string },
  position: Position,
  vocabulary: Vocabulary,
): TokenRow {
  const tokens = context.map((move) => vocabulary.idOf(move) ?? vocabulary.unknownId)
  return {
    kind: 'tokens',
    tokens: tokens.length > 0 ? tokens : [vocabulary.unknownId],
    winner: Object.hasOwn(winnerIds, winnerSide) ? (winnerIds[winnerSide] ?? unknownWinner) : unknownWinner,
    phase: position.phase(),
    side: position.turn === 'w' ? 0 : 1,
  }
}
