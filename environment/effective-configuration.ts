import { readEnvironment } from '../environment.ts'
import { isPrivateKey, isSecret, secretValues, type Variables } from './secrets.ts'
import { variableTable } from './variable-table.ts'
import type { GroupName } from './variables.ts'

export interface ConfigurationRow {
  readonly name: string
  readonly group: GroupName
  /** As podmate understands it (paths absolute); secrets are `***`, and so is every secret inside another value. */
  readonly value: string
  readonly source: 'default' | 'environment'
}

/** Every variable with the value that podmate goes by, for `podctl check`. */
export function effectiveConfiguration(env: Variables): readonly ConfigurationRow[] {
  const { values, problems, env: meant } = readEnvironment(env)
  const hide = hider(env)
  return variableTable.map(({ name, group, unset, default: byDefault }) => {
    const text = meant[name] ?? ''
    const given = text !== '' || (env[name] !== undefined && meant[name] === undefined)
    const understood = new Map<string, unknown>(Object.entries(values[group] ?? {})).get(name)
    const value = problems.some(({ variable }) => variable === name)
      ? '(not valid)'
      : text !== '' && (isSecret(name, text) || isPrivateKey(text))
        ? '***'
        : hide(shown(understood) ?? byDefault ?? `(${unset ?? 'not set'})`)
    return { name, group, value, source: given ? 'environment' : 'default' }
  })
}

function shown(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.join(',')
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).map(([key, part]) => `${key}=${part}`)
    return parts.join(',')
  }
  return typeof value === 'boolean' ? String(Number(value)) : String(value)
}

function hider(env: Variables): (text: string) => string {
  const secrets = secretValues(env)
  return (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text)
}
