import { type Go, parseGo } from './go.ts'
import { parsePosition, type UciPosition } from './position.ts'

/** A line from the GUI. */
export type Command =
  | { readonly type: 'uci' | 'isready' | 'ucinewgame' | 'stop' | 'ponderhit' | 'register' | 'quit' }
  | { readonly type: 'debug'; readonly on: boolean }
  | { readonly type: 'setoption'; readonly name: string; readonly value: string }
  | { readonly type: 'position'; readonly position: UciPosition }
  | { readonly type: 'go'; readonly go: Go }

type Parse = (tokens: readonly string[], line: string) => Command | undefined

const commands: Readonly<Record<string, Parse>> = {
  uci: () => ({ type: 'uci' }),
  isready: () => ({ type: 'isready' }),
  ucinewgame: () => ({ type: 'ucinewgame' }),
  stop: () => ({ type: 'stop' }),
  ponderhit: () => ({ type: 'ponderhit' }),
  register: () => ({ type: 'register' }),
  quit: () => ({ type: 'quit' }),
  debug: ([state]) => ({ type: 'debug', on: state !== 'off' }),
  setoption: (_, line) => parseSetOption(line),
  position: (tokens) => {
    const position = parsePosition(tokens)
    return position && { type: 'position', position }
  },
  go: (tokens) => ({ type: 'go', go: parseGo(tokens) }),
}

/** The command of a line, after unknown words if any, as the protocol has it; undefined for a line without one. */
export function parseCommand(line: string): Command | undefined {
  const tokens = line.split(/\s+/).filter((token) => token !== '')
  const at = tokens.findIndex((token) => Object.hasOwn(commands, token))
  return commands[tokens[at] ?? '']?.(tokens.slice(at + 1), line)
}

/** Names and values may contain blanks; `<empty>` is how GUIs write an empty value. */
function parseSetOption(line: string): Command | undefined {
  const [, name, value = ''] = /\bname\s+(.+?)(?:\s+value(?:\s+(.*))?)?$/.exec(line.trim()) ?? []
  if (name === undefined) return undefined
  return { type: 'setoption', name, value: value === '<empty>' ? '' : value }
}
