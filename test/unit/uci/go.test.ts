import { describe, expect, test } from 'vitest'
import { allowedMs } from '../../../scripts/uci/allowed-ms.ts'
import { parseGo } from '../../../scripts/uci/go.ts'

const parse = (text: string) => parseGo(text.split(' '))
const plain = { infinite: false, ponder: false }

describe('parseGo()', () => {
  test.each([
    ['', plain],
    ['depth 3 nodes 100 mate 2', plain],
    ['infinite', { ...plain, infinite: true }],
    ['ponder wtime 5 btime 6 winc 1 binc 2 movestogo 4', { ...plain, ponder: true, wtime: 5, btime: 6 }],
    ['wtime -20 btime 100', { ...plain, wtime: -20, btime: 100 }],
    ['wtime btime 100', { ...plain, btime: 100 }],
    ['movetime soon', plain],
    ['unknown 3 movetime 200', { ...plain, movetime: 200 }],
    ['searchmoves e2e4 A7A8Q depth 5', { ...plain, searchmoves: ['e2e4', 'a7a8q'] }],
    ['depth 5 searchmoves 0000', { ...plain, searchmoves: ['0000'] }],
    ['searchmoves infinite', { ...plain, infinite: true, searchmoves: [] }],
  ])('reads "%s"', (text, go) => {
    expect(parse(text)).toEqual(go)
  })
})

describe('allowedMs()', () => {
  test.each([
    ['movetime 3000', 'w', 2900],
    ['movetime 100', 'w', 1000],
    ['wtime 60000 btime 2000', 'w', 59_900],
    ['wtime 60000 btime 2000', 'b', 1900],
    ['wtime -5 btime 2000', 'w', 1000],
    ['wtime 60000', 'b', 30_000],
    ['depth 1', 'w', 30_000],
    ['infinite movetime 5', 'w', Number.POSITIVE_INFINITY],
  ] as const)('gives "go %s" for %s %i ms', (text, turn, ms) => {
    expect(allowedMs(parse(text), turn, 100)).toBe(ms)
  })
})
