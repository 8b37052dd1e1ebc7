import type { PlaneRow, Row, TokenRow } from './protocol.ts'

/** Rows of one kind as typed arrays, which cross a process boundary without being looked at number by number. */
export type PackedRows =
  /** For each row: its length, winner, phase, side and tokens. */
  | { readonly kind: 'tokens'; readonly numbers: Int32Array }
  /** The planes of each row, one after the other. */
  | { readonly kind: 'planes'; readonly count: number; readonly numbers: Float32Array }

const headLength = 4

/** Packs the rows of a batch, which are all of the kind that its model takes. */
export function packRows(rows: readonly Row[]): PackedRows {
  const planes = rows.filter((row) => row.kind === 'planes')
  return planes.length > 0 ? packPlanes(planes) : packTokens(rows.filter((row) => row.kind === 'tokens'))
}

/** The rows that were packed, in their order. */
export function unpackRows(packed: PackedRows): readonly Row[] {
  return packed.kind === 'tokens' ? [...tokenRows(packed.numbers)] : planeRows(packed.numbers, packed.count)
}

function packTokens(rows: readonly TokenRow[]): PackedRows {
  const numbers = new Int32Array(rows.reduce((sum, { tokens }) => sum + headLength + tokens.length, 0))
  let at = 0
  for (const { tokens, winner, phase, side } of rows) {
    numbers.set([tokens.length, winner, phase, side], at)
    numbers.set(tokens, at + headLength)
    at += headLength + tokens.length
  }
  return { kind: 'tokens', numbers }
}

function* tokenRows(numbers: Int32Array): Iterable<TokenRow> {
  for (let at = 0; at < numbers.length; ) {
    const [length = 0, winner = 0, phase = 0, side = 0] = numbers.subarray(at, at + headLength)
    const from = at + headLength
    at = from + length
    yield { kind: 'tokens', tokens: [...numbers.subarray(from, at)], winner, phase, side }
  }
}

function packPlanes(rows: readonly PlaneRow[]): PackedRows {
  const length = rows[0]?.planes.length ?? 0
  const numbers = new Float32Array(rows.length * length)
  for (const [index, { planes }] of rows.entries()) numbers.set(planes, index * length)
  return { kind: 'planes', count: rows.length, numbers }
}

function planeRows(numbers: Float32Array, count: number): readonly PlaneRow[] {
  const length = numbers.length / count
  return Array.from({ length: count }, (_none, index) => ({
    kind: 'planes',
    planes: numbers.subarray(index * length, (index + 1) * length),
  }))
}
