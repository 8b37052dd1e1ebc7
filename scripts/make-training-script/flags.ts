import { z } from 'zod'
import { fields } from './training-config.ts'

interface Field {
  readonly name: string
  readonly flag: string
  readonly type: string
  readonly does: string
  readonly byDefault: unknown
  readonly choices: readonly string[]
}

interface Described {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly items?: Described
}

/** The fields that can be given on the command line: all but `stages`. */
export const flagFields: readonly Field[] = Object.entries(fields.shape)
  .filter(([name]) => name !== 'stages')
  .map(([name, schema]) => {
    const {
      type = 'string',
      description = '',
      default: byDefault,
      enum: choices,
      items,
    } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Described // JSON Schema, of which these are parts
    const listed = choices ?? items?.enum ?? []
    return { name, flag: name.replaceAll('_', '-'), type, does: description, byDefault, choices: listed }
  })

/** The options that `parseArgs` of node:util is given. */
export const flagOptions: Readonly<Record<string, { readonly type: 'boolean' | 'string' }>> =
  Object.fromEntries(
    flagFields.map(({ flag, type }) => [flag, { type: type === 'boolean' ? 'boolean' : 'string' }]),
  )

/** What flags say, as a configuration has it; what does not fit is left as it is, for its check to name. Pure. */
export function configOfFlags(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const given = flagFields.filter(({ flag }) => values[flag] !== undefined)
  return Object.fromEntries(given.map(({ name, flag, type }) => [name, fieldValue(values[flag], type)]))
}

function fieldValue(value: unknown, type: string): unknown {
  if (typeof value !== 'string') return value
  if (type === 'array') return value.split(',').filter((part) => part !== '')
  const isNumber = type === 'number' || type === 'integer'
  return isNumber && value.trim() !== '' && !Number.isNaN(Number(value)) ? Number(value) : value
}

/** One line for each flag, for people. */
export function flagHelp(): string {
  const rows = flagFields.map(({ flag, type, does, byDefault, choices }) => {
    const value = type === 'boolean' ? '' : ` ${choices.length > 0 ? choices.join('|') : type.toUpperCase()}`
    const list = type === 'array' ? ',...' : ''
    const shown = Array.isArray(byDefault) && byDefault.length === 0 ? undefined : byDefault
    const note = shown === undefined ? '' : ` (${String(shown)})`
    return `  --${flag}${value}${list}\n      ${does}${note}`
  })
  return rows.join('\n')
}
