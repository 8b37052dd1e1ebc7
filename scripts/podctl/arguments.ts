import { parseArgs } from 'node:util'
import { nearestName } from '../../services/http/errors/nearest-name.ts'
import type { CallOptions } from './call.ts'
import { commands } from './commands.ts'
import { exitCodes, PodctlError } from './exit-codes.ts'
import { optionTexts } from './option-texts.ts'

const optionTypes = {
  json: { type: 'boolean' },
  force: { type: 'boolean' },
  lines: { type: 'string', short: 'n' },
  deadline: { type: 'string' },
  why: { type: 'string' },
  'dry-run': { type: 'boolean' },
  url: { type: 'string' },
  token: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const

export type Wish =
  | { readonly type: 'help' }
  | { readonly type: 'version' }
  | {
      readonly type: 'command'
      readonly name: string
      readonly positionals: readonly string[]
      readonly options: CallOptions
    }

/** What the user typed, checked against the table of commands; throws exit 2 with a sentence. */
export function parseCall(words: readonly string[]): Wish {
  const { values, positionals } = parsed(words)
  const { help, version, ...options } = values
  const [name, ...rest] = positionals
  if (version === true) return { type: 'version' }
  if (help === true || name === 'help') return { type: 'help' }
  if (name === undefined) throw misuse('podctl needs a command')
  demandFitting(name, rest, options)
  return { type: 'command', name, positionals: rest, options }
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: optionTypes, allowPositionals: true })
  } catch (error) {
    throw misuse(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error))
  }
}

function demandFitting(name: string, positionals: readonly string[], options: CallOptions): void {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    const near = nearestName(name, Object.keys(commands))
    throw misuse(`there is no command "${name}"${near === undefined ? '' : `, but there is "${near}"`}`)
  }
  const { takes, most = takes === undefined ? 0 : 1 } = command
  if (takes?.startsWith('<') && positionals.length === 0)
    throw misuse(
      `podctl ${name} needs ${takes === '<service>' ? 'the name of a service' : 'a time, such as 30m or 2h'}`,
    )
  const surplus = positionals[most]
  if (surplus !== undefined) throw misuse(`podctl ${name} does not take "${surplus}"`)
  const known: readonly string[] = [...(command.options ?? []), 'url', 'token']
  const odd = Object.entries(optionTexts).find(([option]) => option in options && !known.includes(option))
  if (odd !== undefined) throw misuse(`podctl ${name} has no option ${odd[1].split(' ')[0]}`)
}

function misuse(sentence: string): PodctlError {
  return new PodctlError(exitCodes.usage, `${sentence}. \`podctl help\` lists the commands.`)
}
