export type Side = 'w' | 'b'

/** A game as the GUI gave it: `startFen` absent means the usual start position. */
export interface UciPosition {
  readonly startFen?: string
  readonly moves: readonly string[]
  readonly turn: Side
}

export const startPosition: UciPosition = { moves: [], turn: 'w' }

const startFen = 'rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1'

/** What follows `position`: undefined when it names neither `startpos` nor a FEN. Whether it is chess, podmate decides. */
export function parsePosition(tokens: readonly string[]): UciPosition | undefined {
  const from = tokens.findIndex((token) => token === 'startpos' || token === 'fen')
  if (from === -1) return undefined
  const movesAt = tokens.indexOf('moves', from)
  const end = movesAt === -1 ? tokens.length : movesAt
  const fen = tokens[from] === 'fen' ? tokens.slice(from + 1, end) : []
  if (tokens[from] === 'fen' && fen.length === 0) return undefined
  // Some GUIs write the promotion piece in capitals.
  const moves = movesAt === -1 ? [] : tokens.slice(movesAt + 1).map((move) => move.toLowerCase())
  const starter: Side = fen[1] === 'b' ? 'b' : 'w'
  const turn = moves.length % 2 === 0 ? starter : other(starter)
  const isUsual = fen.length === 0 || isStart(fen)
  return { ...(isUsual ? {} : { startFen: fen.join(' ') }), moves, turn }
}

function other(side: Side): Side {
  return side === 'w' ? 'b' : 'w'
}

/** GUIs also send the usual start as a FEN, sometimes without its counters: a model that takes no FEN can play that. */
function isStart(fen: readonly string[]): boolean {
  return fen.length >= 4 && startFen.split(' ').every((field, index) => (fen[index] ?? field) === field)
}
