import { stripVTControlCharacters } from 'node:util'
import { harmless } from './terminal.ts'

/** Rows as lines with aligned columns; the last column is as long as it is. Pure. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? '')))) ?? []
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? harmless(cell) : padded(cell, widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

function padded(cell: string, wide: number): string {
  return cell + ' '.repeat(Math.max(0, wide - width(cell)))
}

function width(cell: string): number {
  return stripVTControlCharacters(cell).length
}
