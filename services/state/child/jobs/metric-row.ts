import type { KeptPoint } from '../../jobs-calls.ts'
import { numberColumns } from './schema.ts'

/** A row of local_training_metrics as SQLite gives it: `rowColumns` in their order. */
export type MetricRow = readonly unknown[]

export const rowColumns = ['id', 'step', 'timestamp', 'extra', ...numberColumns] as const
/** Where in a row the numbers with a column of their own begin. */
export const firstNumber = 4

const places: ReadonlyMap<string, number> = new Map(numberColumns.map((name, at) => [name, at]))

type Further = Readonly<Record<string, number | null>>
const nothing: Further = {}

/** The numbers of a row by name; null is one that was reported but is not finite. */
export function numbersOf(row: MetricRow): Map<string, number | null> {
  const numbers = new Map<string, number | null>()
  numberColumns.forEach((name, at) => {
    const value = row[firstNumber + at]
    if (typeof value === 'number') numbers.set(name, value)
  })
  for (const [name, value] of Object.entries(furtherOf(row))) if (!numbers.has(name)) numbers.set(name, value)
  return numbers
}

/** A row as others see it. */
export function keptPoint(row: MetricRow): KeptPoint {
  const [id, step, timestamp] = row.map(Number)
  const values = Object.fromEntries(numbersOf(row))
  return { id: id ?? 0, values: { step: step ?? 0, ...values, timestamp: timestamp ?? 0 } }
}

/** A row as a JSON object: its step, the numbers that are wanted (all without `keys`) and its timestamp. */
export function rowText(row: MetricRow, keys: ReadonlySet<string> | undefined): string {
  let text = `{"step":${row[1]}`
  for (let at = 0; at < numberColumns.length; at += 1) {
    const value = row[firstNumber + at]
    const name = numberColumns[at] ?? ''
    if (value !== null && (keys === undefined || keys.has(name))) text += `,"${name}":${value}`
  }
  if (row[3] !== null) text += furtherText(row, keys)
  return `${text},"timestamp":${row[2]}}`
}

function furtherText(row: MetricRow, keys: ReadonlySet<string> | undefined): string {
  let text = ''
  for (const [name, value] of Object.entries(furtherOf(row))) {
    const column = places.get(name) ?? -1
    const hasBetter = column >= 0 && row[firstNumber + column] !== null
    if (!hasBetter && (keys === undefined || keys.has(name))) text += `,${JSON.stringify(name)}:${value}`
  }
  return text
}

/** The numbers without a column of their own, and those that are not finite. */
export function furtherOf(row: MetricRow): Further {
  // Written by add-points.ts and by nobody else.
  return typeof row[3] === 'string' ? (JSON.parse(row[3]) as Further) : nothing
}
