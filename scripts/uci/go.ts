/** What `go` asked for. Numbers are as sent: a clock may be negative. Depth, nodes and mate bound no policy. */
export interface Go {
  readonly infinite: boolean
  readonly ponder: boolean
  readonly wtime?: number
  readonly btime?: number
  readonly movetime?: number
  /** Absent: all legal moves. */
  readonly searchmoves?: readonly string[]
}

const flags = ['infinite', 'ponder'] as const
const numbers = ['wtime', 'btime', 'movetime'] as const
/** Understood, and of no use to a model that answers at once. */
const idle = ['winc', 'binc', 'movestogo', 'depth', 'nodes', 'mate']
const words: readonly string[] = [...flags, ...numbers, ...idle, 'searchmoves']

/** What follows `go`; tokens that mean nothing are skipped. */
export function parseGo(tokens: readonly string[]): Go {
  return {
    infinite: tokens.includes('infinite'),
    ponder: tokens.includes('ponder'),
    ...Object.fromEntries(numbers.flatMap((name) => numberAfter(tokens, name))),
    ...movesAfter(tokens),
  }
}

function numberAfter(tokens: readonly string[], name: string): readonly [string, number][] {
  const value = Number(tokens[tokens.indexOf(name) + 1])
  return tokens.includes(name) && Number.isFinite(value) ? [[name, value]] : []
}

function movesAfter(tokens: readonly string[]): { searchmoves?: readonly string[] } {
  const at = tokens.indexOf('searchmoves')
  if (at === -1) return {}
  const rest = tokens.slice(at + 1)
  const end = rest.findIndex((token) => words.includes(token))
  return { searchmoves: (end === -1 ? rest : rest.slice(0, end)).map((move) => move.toLowerCase()) }
}
