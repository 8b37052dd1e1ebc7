import { type Tokens, tokensIn } from './graphql-tokens.ts'
import { GraphqlInvalid } from './refusal.ts'

/** One field of a question: its name, what it is called in the answer, its arguments and what is wanted of it. */
export interface Field {
  readonly name: string
  readonly as: string
  readonly args: Readonly<Record<string, unknown>>
  readonly fields: readonly Field[]
}

/** A question: what it is, the types of the variables it declares, and its fields. */
export interface Question {
  readonly type: 'query' | 'mutation'
  readonly declares: ReadonlyMap<string, string>
  readonly fields: readonly Field[]
}

/** Gives the value of a variable; throws for one that was not declared. */
type Variables = (name: string) => unknown

/** Reads a question of GraphQL: one operation without fragments and directives, with its variables filled in. */
export function parseGraphql(text: string, given: Readonly<Record<string, unknown>>): Question {
  const tokens = tokensIn(text)
  const type = tokens.peek() === '{' ? 'query' : tokens.take()
  if (type !== 'query' && type !== 'mutation') throw new GraphqlInvalid(`Syntax Error: Unexpected ${type}.`)
  const isNamed = tokens.peek() !== '{' && tokens.peek() !== '('
  if (isNamed) tokens.take()
  const declares = tokens.takeIf('(') ? declarations(tokens) : new Map<string, string>()
  const variables: Variables = (name) => {
    if (!declares.has(name)) throw new GraphqlInvalid(`Variable "$${name}" is not defined.`)
    return given[name]
  }
  return { type, declares, fields: selection(tokens, variables) }
}

function declarations(tokens: Tokens): Map<string, string> {
  const found = new Map<string, string>()
  while (!tokens.takeIf(')')) {
    tokens.take('$')
    const name = tokens.take()
    tokens.take(':')
    let type = ''
    while (!['$', ')'].includes(tokens.peek())) type += tokens.take()
    found.set(name, type)
  }
  return found
}

function selection(tokens: Tokens, variables: Variables): readonly Field[] {
  const found: Field[] = []
  tokens.take('{')
  while (!tokens.takeIf('}')) {
    const as = tokens.take()
    const name = tokens.takeIf(':') ? tokens.take() : as
    const args = tokens.takeIf('(') ? entries(tokens, variables, ')') : {}
    const fields = tokens.peek() === '{' ? selection(tokens, variables) : []
    found.push({ name, as, args, fields })
  }
  return found
}

function entries(tokens: Tokens, variables: Variables, end: string): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  while (!tokens.takeIf(end)) {
    const name = tokens.take()
    tokens.take(':')
    found[name] = value(tokens, variables)
  }
  return found
}

function value(tokens: Tokens, variables: Variables): unknown {
  if (tokens.takeIf('$')) return variables(tokens.take())
  if (tokens.takeIf('{')) return entries(tokens, variables, '}')
  if (!tokens.takeIf('[')) return literal(tokens.take())
  const list: unknown[] = []
  while (!tokens.takeIf(']')) list.push(value(tokens, variables))
  return list
}

/** Strings, numbers and words; the word of an enum stays a word. */
function literal(text: string): unknown {
  if (text.startsWith('"') || /^-?\d/.test(text)) return JSON.parse(text)
  const words: Readonly<Record<string, unknown>> = { true: true, false: false, null: null }
  return text in words ? words[text] : text
}
