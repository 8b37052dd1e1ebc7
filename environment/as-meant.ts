import type { Variables } from './secrets.ts'
import { type Variable, variableNamed } from './variable-table.ts'

/** A variable that holds the name of a secret instead of the secret. */
export interface Unfilled {
  readonly name: string
  /** The name of RunPod's secret. */
  readonly secret: string
  /** What podmate knows of the variable; undefined: it is not one of podmate's. */
  readonly variable: Variable | undefined
}

export interface Meant {
  /** The environment, its variables of podmate without what was pasted along with them; the unfilled ones are gone. */
  readonly env: Variables
  /** Names of the variables of podmate that stood in quotes. */
  readonly quoted: readonly string[]
  readonly unfilled: readonly Unfilled[]
}

/** An environment as it was meant. Variables of other programs stay byte for byte as they are. Pure. */
export function asMeant(given: Variables): Meant {
  const env: Record<string, string | undefined> = {}
  const quoted: string[] = []
  const unfilled: Unfilled[] = []
  for (const [name, value] of Object.entries(given)) {
    const variable = variableNamed(name)
    const secret = unfilledSecret(value ?? '')
    if (secret !== undefined) unfilled.push({ name, secret, variable })
    if (variable === undefined || value === undefined) env[name] = value
    else if (secret === undefined) {
      const bare = unquoted(value)
      env[name] = bare
      if (bare !== trimmed(value)) quoted.push(name)
    }
  }
  return { env, quoted, unfilled }
}

/** The name of the secret in a `{{ RUNPOD_SECRET_name }}` that RunPod left as it was; undefined when there is none. Pure. */
export function unfilledSecret(value: string): string | undefined {
  return /\{\{\s*RUNPOD_SECRET_([^\s{}]*)\s*\}\}/.exec(value)?.[1]
}

/** Without blanks and line ends around it, and those that cannot be seen. Pure. */
const trimmed = (value: string) => value.replace(/^[\s\u200b-\u200d\u2060]+|[\s\u200b-\u200d\u2060]+$/g, '')

const pairs: Readonly<Record<string, string>> = { '"': '"', "'": "'", '“': '”', '‘': '’' }

/** The same without the quotes around the whole of it, too: `"a"`, not `"a" "b"`. Pure. */
export function unquoted(value: string): string {
  const text = trimmed(value)
  const open = text[0] ?? ''
  const close = pairs[open]
  const inner = text.slice(1, -1)
  if (text.length < 2 || close === undefined || !text.endsWith(close)) return text
  if (inner.includes(open) || inner.includes(close)) return text
  return unquoted(inner)
}

/** Said once of all that stood in quotes. */
export const quotesText = (names: readonly string[]) =>
  `${names.join(', ')}: the quotes around the whole value were taken off; write it without them`

/** What the user is told of it, and what to do. */
export const unfilledText = ({ name, secret }: Unfilled) =>
  `${name}: RunPod has no secret ${secret}; make it in RunPod's console under Secrets, or correct its name`
