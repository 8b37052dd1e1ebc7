import { ModelRefused } from '../model-refused.ts'

const smallest = 2
const largest = 1_000_000
/** The id that NextMoveLSTM trainers give to unknown moves. */
const usualUnknownId = 1

/** Tokens in the order of their ids, and the id that stands for unknown moves. */
export interface Tokens {
  readonly tokens: readonly string[]
  readonly unknownId: number
}

/** Checks a vocabulary (token to id): ids must be 0, 1, 2, ... without gaps or repeats. */
export function tokensOf(entries: readonly (readonly [unknown, unknown])[]): Tokens {
  if (entries.length < smallest || entries.length > largest) {
    throw new ModelRefused(`its vocab has ${entries.length} tokens; ${smallest} to ${largest} are served`)
  }
  const tokens = new Array<string | undefined>(entries.length).fill(undefined)
  for (const [token, id] of entries) {
    if (typeof token !== 'string' || typeof id !== 'number')
      throw new ModelRefused('its vocab does not map texts to numbers')
    if (!Number.isInteger(id) || id < 0 || id >= entries.length || tokens[id] !== undefined) {
      throw new ModelRefused(
        `its vocab gives ${JSON.stringify(token.slice(0, 40))} the id ${id}; ids must be 0 to ${entries.length - 1}, each once`,
      )
    }
    tokens[id] = token
  }
  const complete = tokens.filter((token) => token !== undefined)
  const named = complete.indexOf('<UNK>')
  return { tokens: complete, unknownId: named < 0 ? usualUnknownId : named }
}
