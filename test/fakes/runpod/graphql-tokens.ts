import { GraphqlInvalid } from './refusal.ts'

/** The tokens of a text, one after the other. */
export interface Tokens {
  /** The next one, which stays; empty at the end. */
  peek(): string
  /** Takes the next one, which must be `wanted` when that is given. */
  take(wanted?: string): string
  /** Takes the next one when it is `wanted`. */
  takeIf(wanted: string): boolean
}

const token = /\s*(?:#[^\n]*\s*|,\s*)*("(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?|[A-Za-z_]\w*|[!(){}[\]:=$])/y

export function tokensIn(text: string): Tokens {
  const all = split(text.trimEnd())
  let at = 0
  const peek = () => all[at] ?? ''
  const take = (wanted?: string) => {
    const found = peek()
    if (found === '' || (wanted !== undefined && found !== wanted)) {
      throw new GraphqlInvalid(`Syntax Error: Expected ${wanted ?? 'a token'}, found ${found || '<EOF>'}.`)
    }
    at += 1
    return found
  }
  return { peek, take, takeIf: (wanted) => peek() === wanted && take() !== '' }
}

function split(text: string): readonly string[] {
  const found: string[] = []
  for (let end = 0; end < text.length; end = token.lastIndex) {
    token.lastIndex = end
    const match = token.exec(text)
    if (!match) throw new GraphqlInvalid(`Syntax Error: Unexpected character at ${end}.`)
    found.push(match[1] ?? '')
  }
  return found
}
