import { RequestProblem } from '../request-problem.ts'

/** What a PGN text says of its one game. */
export interface PgnGame {
  /** The position it starts from, as it was written; undefined: the usual one. */
  readonly fen: string | undefined
  /** The main line in SAN. */
  readonly moves: readonly string[]
}

// Each alternative ends where the next begins: no text makes it look twice at what it has read.
const token =
  /(?<nothing>\s+|;[^\r\n]*|\{[^}]*\}|\$\d*|[!?]+|e\.p\.|\d+(?:\s*\.+)?(?![-/\w])|\.+)|\[\s*(?<tag>\w+)\s*"(?<value>(?:[^"\\]|\\.)*)"\s*\]|(?<open>\()|(?<close>\))|(?<result>1-0|0-1|1\/2-1\/2|\*)(?!\w)|(?<san>[\w-][\w+#=:-]*)/y

/** Reads the first and only game of a PGN text; comments, variations and glyphs are passed over. Throws a 400. */
export function readPgn(text: string, mostPlies: number): PgnGame {
  const reader = new PgnReader(mostPlies)
  // Lines that begin with % are notes of programs.
  const clean = text.replace(/^\uFEFF/, '').replace(/^%.*$/gm, '')
  token.lastIndex = 0
  while (token.lastIndex < clean.length) {
    const at = token.lastIndex
    const groups = token.exec(clean)?.groups
    if (groups === undefined) throw unreadable(clean.slice(at), at)
    reader.take(groups)
  }
  return reader.game()
}

type Token = Readonly<Record<string, string | undefined>>

class PgnReader {
  readonly #mostPlies: number
  readonly #tags = new Map<string, string>()
  readonly #moves: string[] = []
  #depth = 0
  #ended = false

  constructor(mostPlies: number) {
    this.#mostPlies = mostPlies
  }

  take({ nothing, tag, value, open, close, result, san }: Token): void {
    if (nothing !== undefined) return
    if (open !== undefined) this.#depth += 1
    else if (close !== undefined) this.#leaveVariation()
    else if (this.#depth > 0) return
    else if (this.#ended) throw moreThanOne()
    else if (tag !== undefined) this.#takeTag(tag, value ?? '')
    else if (result !== undefined) this.#ended = true
    else if (san !== undefined) this.#takeMove(san)
  }

  game(): PgnGame {
    if (this.#depth > 0) throw malformed('a variation that ( opens is not closed')
    return { fen: this.#fen(), moves: this.#moves }
  }

  #leaveVariation(): void {
    if (this.#depth === 0) throw malformed('there is a ) without a (')
    this.#depth -= 1
  }

  #takeTag(tag: string, value: string): void {
    if (this.#moves.length > 0) throw moreThanOne()
    this.#tags.set(tag.toLowerCase(), value.replace(/\\(.)/g, '$1'))
  }

  #takeMove(san: string): void {
    if (this.#moves.length === this.#mostPlies) {
      throw malformed(`the game is longer than ${this.#mostPlies} plies`)
    }
    this.#moves.push(san)
  }

  #fen(): string | undefined {
    const variant = this.#tags.get('variant') ?? 'standard'
    if (!/^(standard|chess|normal|from position)$/i.test(variant)) {
      throw malformed(`the game is of the variant ${JSON.stringify(variant.slice(0, 40))}, not chess`)
    }
    const [setUp, fen] = [this.#tags.get('setup'), this.#tags.get('fen')]
    if (setUp === '1' && fen === undefined) throw malformed('the tag SetUp "1" needs a tag FEN')
    return setUp === '0' ? undefined : fen
  }
}

function unreadable(rest: string, at: number): RequestProblem {
  if (rest.startsWith('{')) return malformed('a comment that { opens is not closed')
  if (rest.startsWith('[')) return malformed(`character ${at + 1} begins no tag like [White "Anderssen"]`)
  return malformed(`character ${at + 1} is not understood: ${JSON.stringify(rest.slice(0, 20))}`)
}

function moreThanOne(): RequestProblem {
  return malformed('it holds more than one game; send one')
}

function malformed(message: string): RequestProblem {
  const detail = `The text in "pgn" cannot be used: ${message}.`
  return new RequestProblem(400, 'Malformed PGN', detail, { extra: { field: 'pgn' } })
}
