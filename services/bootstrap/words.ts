import type { JsonObject } from '../../supervisor/service.ts'

/** What the program tells the service, one line of its output each; every other line is a tool's. */
export type Word =
  | { readonly type: 'said'; readonly level: 'info' | 'warn'; readonly text: string }
  | { readonly type: 'report'; readonly part: 'repo' | 'requirements'; readonly details: JsonObject }
  | { readonly type: 'failed'; readonly sentence: string }

const sign = '@bootstrap '

/** One word as a line without its end. */
export function wordLine(word: Word): string {
  return `${sign}${JSON.stringify(word)}`
}

/** The word in a line; undefined for what a tool printed, and for a line that was cut. */
export function wordIn(line: string): Word | undefined {
  if (!line.startsWith(sign)) return undefined
  try {
    return JSON.parse(line.slice(sign.length)) as Word // tools' lines never begin with the sign: tool.ts prefixes them
  } catch {
    return undefined
  }
}
