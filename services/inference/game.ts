import type { Position } from './position.ts'

/** What a request's `context`, `fen` (with or without `context`) or `pgn` came to. */
export interface Game {
  /** UCI, from the start position below. */
  readonly moves: readonly string[]
  /** Undefined: the usual start position. */
  readonly startFen: string | undefined
  /** After the moves. It is shared: clone before playing on. */
  readonly position: Position
  /** This position and the ones before it, newest first, at most 8; fewer when the game is shorter. */
  history(): readonly Position[]
}
