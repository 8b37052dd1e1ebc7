/** What JSON can hold. */
type Plain =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Plain[]
  | { readonly [name: string]: Plain }

/**
 * A value as Python writes it. All of it is printable ASCII, and no text can end its own quotes: what it is given is data in
 * the script, whatever it says. `undefined` is None. Pure.
 */
export function pythonLiteral(value: Plain, indent = ''): string {
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return pythonNumber(value)
  if (typeof value === 'string') return pythonText(value)
  const inner = `${indent}    `
  const isList = Array.isArray(value)
  const parts = isList
    ? value.map((one: Plain) => pythonLiteral(one, inner))
    : Object.entries(value).map(([name, one]) => `${pythonText(name)}: ${pythonLiteral(one, inner)}`)
  const [open, close] = isList ? ['[', ']'] : ['{', '}']
  if (parts.length === 0) return open + close
  return `${open}\n${parts.map((part) => `${inner}${part},\n`).join('')}${indent}${close}`
}

function pythonNumber(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0.0' : String(value)
  throw new RangeError(`${value} is no number that can be configured`)
}

/** By UTF-16 units first: JSON's escapes are Python's, but for characters beyond the first 65,536. */
function pythonText(value: string): string {
  return JSON.stringify(value).replaceAll(/[^ -~]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16)
    return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`
  })
}
