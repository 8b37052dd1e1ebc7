import { readFen, usualStart } from './fen.ts'
import { sanProblem } from './move-problem.ts'
import { readPgn } from './pgn.ts'
import { Position } from './position.ts'
import { type PositionCache, replay } from './replay.ts'
import { movesOfSan } from './san.ts'

/** What a request's `context`, `fen` (with or without `context`) or `pgn` came to. */
export interface Game {
  /** UCI, from the start position below. */
  readonly moves: readonly string[]
  /** Undefined: the usual start position. */
  readonly startFen: string | undefined
  /** After the moves. It is shared: clone before playing on. */
  readonly position: Position
  /** What was mended in its FEN, in words. */
  readonly notes: readonly string[]
  /** This position and the ones before it, newest first, at most 8; fewer when the game is shorter. */
  history(): readonly Position[]
}

/** The longest game that is taken. */
export const mostPlies = 1024

/** The three ways to say which position is meant; the schema lets only one of them through. */
export interface GameForm {
  readonly context?: readonly string[]
  readonly fen?: string
  readonly pgn?: string
}

const historyLength = 8

/** The game that a request describes; throws a 400 that says which move, FEN or text is wrong, and how. */
export function gameOf({ context = [], fen, pgn }: GameForm, cache: PositionCache): Game {
  if (pgn !== undefined) return gameOfPgn(pgn, cache)
  const notes: string[] = []
  const startFen = fen === undefined ? undefined : startOf(fen, 'fen', notes)
  return gameFrom({ moves: context, startFen, notes }, cache)
}

function gameFrom(
  { moves, startFen, notes }: Pick<Game, 'moves' | 'startFen' | 'notes'>,
  cache: PositionCache,
): Game {
  const position = replay(moves, cache, startFen)
  return { moves, startFen, position, notes, history: () => historyOf(moves, cache, startFen) }
}

function gameOfPgn(text: string, cache: PositionCache): Game {
  const { fen, moves: sans } = readPgn(text, mostPlies)
  const notes: string[] = []
  const startFen = fen === undefined ? undefined : startOf(fen, 'pgn', notes)
  const position = Position.start(startFen)
  const moves = sans.map((san) => {
    const meant = movesOfSan(san, position)
    const [move] = meant ?? []
    if (move === undefined || meant?.length !== 1) throw sanProblem(position, san, meant)
    position.play(move)
    return move
  })
  return gameFrom({ moves, startFen, notes }, cache)
}

// The usual start is the usual start, however it is said: also for models that know no other.
function startOf(fen: string, field: 'fen' | 'pgn', notes: string[]): string | undefined {
  const start = readFen(fen, field, (text) => notes.push(text))
  return start === usualStart ? undefined : start
}

function historyOf(
  moves: readonly string[],
  cache: PositionCache,
  startFen: string | undefined,
): readonly Position[] {
  const oldest = Math.max(0, moves.length - historyLength + 1)
  const lengths = Array.from({ length: moves.length - oldest + 1 }, (_none, index) => oldest + index)
  return lengths.map((length) => replay(moves.slice(0, length), cache, startFen)).toReversed()
}
