import type { Go } from './go.ts'
import { mostMoves, type Settings } from './options.ts'
import type { Side, UciPosition } from './position.ts'

const fewest = 5

/** What podmate is asked for a `go`. */
export function question(position: UciPosition, go: Go, settings: Settings) {
  const { startFen, moves, turn } = position
  return {
    ...(startFen === undefined ? {} : { fen: startFen }),
    context: moves,
    winner_side: winnerSide(settings.winnerSide, turn),
    topk: choicesNeeded(go, settings),
  }
}

/** `auto` asks for moves as in those games that the engine's own colour won. */
function winnerSide(name: string, turn: Side): string | null {
  if (name === 'unknown') return null
  const sides: Readonly<Record<string, string>> = { white: 'W', black: 'B', draw: 'D' }
  return sides[name] ?? (turn === 'w' ? 'W' : 'B')
}

function choicesNeeded({ searchmoves }: Go, { temperature, topK, multiPv }: Settings): number {
  if (searchmoves !== undefined) return mostMoves
  return Math.max(fewest, multiPv, temperature === 0 ? 1 : topK || mostMoves)
}
