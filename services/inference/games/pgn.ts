import { RequestProblem } from '../request-problem.ts'

/** What a PGN text says of its one game. */
export interface PgnGame {
  /** The position it starts from, as it was written; undefined: the usual one. */
  readonly fen: string | undefined
  /** The main line in SAN. */
  readonly moves: readonly string[]
}

const dash = '[-‐‑‒–—―−]'
/** What programs and people write after a move: evaluations, novelties, checks, "en passant" and the signs of the Informant. */
const sign = `[+#!?=/^~‼⁇⁈⁉±∓⩲⩱∞□⬜⊠⌓⨀⊙○◯⟳⇈⇑↑→⇆⇄⇗⊕⨁△▲Δ∆∇▽≤≥⊥∥⇔⟪⟫«»-]|${dash}|N|ch|mate|dbl|e\\.?p\\.?`
const [from, takes] = ['[a-h]?[1-8]?', `(?:[x×:]|${dash})?`]
const promoted = `[P♙♟]?${from}${takes}[a-h][18][=/]?\\(?[QRBNqrbn♕-♘♛-♞]\\)?`
const moved = `[KQRBNP♔-♟]?${from}${takes}[a-h][1-8]`
const moveWord = new RegExp(`^(?<move>[O0o]${dash}[O0o](?:${dash}[O0o])?|${promoted}|${moved})(?:${sign})*$`)
const signWord = new RegExp(`^(?:${sign}|D|RR|TN)+$`)
const nullMove = new RegExp(`^(?:${dash}${dash}|Z0|0000|@@@@|null|<>)$`)

const invisible = String.raw`\s\u0000\u001A\u00AD\u200B-\u200F\u2060\uFEFF`
const inWord = String.raw`[^${invisible}(){};$*.…[\]]`

// Each alternative ends where the next begins: no text makes it look twice at what it has read.
const token = new RegExp(
  [
    String.raw`(?<nothing>[${invisible}]+|;[^\r\n]*|(?<=^|[\r\n])%[^\r\n]*|\$\d*|(?:e\.p\.?|ep)(?![\w-])|\d+(?:\s*[.…]+)?(?![\w/½]|${dash})|[.…]+)`,
    String.raw`\[\s*(?<tag>[\w+#=:-]+)\s*"(?:(?<value>(?:[^"\\\r\n]|\\.)*)"\s*\]|(?<loose>[^\r\n]*?)"[ \t]*\][ \t]*(?=[\r\n]|$))`,
    String.raw`(?<open>\()|(?<close>\))`,
    String.raw`(?<result>1${dash}0|0${dash}1|(?:1\/2|½)(?:${dash}(?:1\/2|½))?|\*)(?![\w/]|${dash})`,
    String.raw`(?<word>[a-h][18]\([QRBNqrbn]\)${inWord}*|(?:(?!e\.p)${inWord})+(?:e\.p\.?${inWord}*)?)`,
  ].join('|'),
  'y',
)

/** Reads the first and only game of a PGN text; comments, variations and glyphs are passed over. Throws a 400. */
export function readPgn(text: string, mostPlies: number): PgnGame {
  const reader = new PgnReader(mostPlies)
  const endOfComment = commentEnds(text)
  for (let at = 0; at < text.length; ) {
    if (text[at] === '{') {
      at = endOfComment(at)
      if (at === 0) throw malformed('a comment that { opens is not closed')
      continue
    }
    token.lastIndex = at
    const groups = token.exec(text)?.groups
    if (groups !== undefined) reader.take(groups, at)
    else if (!reader.isInVariation) throw unreadable(text.slice(at, at + 20), at)
    at = groups === undefined ? at + 1 : token.lastIndex
  }
  return reader.game()
}

/**
 * Where comments end: at the first }, as the standard says, or at the one that fits where programs put braces into braces. Gives 0 for
 * one that is never closed.
 */
function commentEnds(text: string): (open: number) => number {
  let mayBeNested = true
  const nestedEnd = (open: number): number | undefined => {
    let depth = 0
    for (let at = open; at < text.length; at += 1) {
      if (text[at] === '{') depth += 1
      else if (text[at] === '}') depth -= 1
      if (depth === 0) return at + 1
    }
    mayBeNested = false // looked at once: a hostile text must not make it look again and again
    return undefined
  }
  return (open) => {
    const first = text.indexOf('}', open) + 1
    const inner = text.indexOf('{', open + 1)
    if (inner === -1 || inner > first || !mayBeNested) return first
    return nestedEnd(open) ?? first
  }
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

  get isInVariation(): boolean {
    return this.#depth > 0
  }

  take({ nothing, tag, value, loose, open, close, result, word }: Token, at: number): void {
    if (nothing !== undefined) return
    if (open !== undefined) this.#depth += 1
    else if (close !== undefined) this.#leaveVariation()
    else if (this.#depth > 0) return
    else if (word !== undefined && signWord.test(word) && !nullMove.test(word)) return
    else if (this.#ended) throw moreThanOne()
    else if (tag !== undefined) this.#takeTag(tag, value?.replace(/\\(.)/g, '$1') ?? loose ?? '')
    else if (result !== undefined) this.#ended = true
    else if (word !== undefined) this.#takeMove(sanOf(word, at))
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
    this.#tags.set(tag.toLowerCase(), value)
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

const figurines = '♔♕♖♗♘♙♚♛♜♝♞♟'

/** The move of a word, without what is written behind it, in the letters of SAN. */
function sanOf(word: string, at: number): string {
  if (nullMove.test(word))
    throw malformed(`character ${at + 1} is a null move (${word}), which is no move of chess`)
  const move = moveWord.exec(word)?.groups?.move
  if (move === undefined && /^[\w-][\w+#=:-]*$/.test(word)) return word // no move of chess: whoever plays it says why
  if (move === undefined) throw unreadable(word, at)
  return move
    .replace(/[‐‑‒–—―−]/g, '-')
    .replace(/×/g, 'x')
    .replace(/o/g, 'O')
    .replace(/[♔-♟]/g, (piece) => 'KQRBNPKQRBNP'[figurines.indexOf(piece)] ?? '')
    .replace('/', '=')
}

function unreadable(rest: string, at: number): RequestProblem {
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
