import { describe, expect, test } from 'vitest'
import { encodePlanes, planeCount } from '../../../../services/inference/families/lc0/planes.ts'
import { historyOf } from '../../../fixtures/inference/lc0-history.ts'

const square = (index: number) => 'abcdefgh'.charAt(index & 7) + (1 + (index >> 3))

/** Every plane that is not empty: the squares that hold 1, or `all N` for a constant one. */
function shown(moves: string, fen?: string): Readonly<Record<number, string>> {
  const planes = encodePlanes(historyOf(moves === '' ? [] : moves.split(' '), fen))
  expect(planes).toHaveLength(planeCount * 64)
  const texts = Array.from({ length: planeCount }, (_none, plane) => {
    const values = [...planes.subarray(plane * 64, plane * 64 + 64)]
    if (values.every((value) => value === values[0])) return values[0] === 0 ? '' : `all ${values[0]}`
    expect(values.every((value) => value === 0 || value === 1)).toBe(true)
    return values.flatMap((value, index) => (value === 1 ? [square(index)] : [])).join(' ')
  })
  return Object.fromEntries([...texts.entries()].filter(([, text]) => text !== ''))
}

/** The planes of one history step, numbered from 0. */
function step(planes: Readonly<Record<number, string>>, slot: number): Readonly<Record<number, string>> {
  const own = Object.entries(planes).map(([plane, text]) => [Number(plane) - 13 * slot, text] as const)
  return Object.fromEntries(own.filter(([plane]) => plane >= 0 && plane < 13))
}

const rest = (planes: Readonly<Record<number, string>>) =>
  Object.fromEntries(Object.entries(planes).filter(([plane]) => Number(plane) >= 104))

const armies = {
  0: 'a2 b2 c2 d2 e2 f2 g2 h2',
  1: 'b1 g1',
  2: 'c1 f1',
  3: 'a1 h1',
  4: 'd1',
  5: 'e1',
  6: 'a7 b7 c7 d7 e7 f7 g7 h7',
  7: 'b8 g8',
  8: 'c8 f8',
  9: 'a8 h8',
  10: 'd8',
  11: 'e8',
}
const allCastling = { 104: 'all 1', 105: 'all 1', 106: 'all 1', 107: 'all 1' }

describe('encodePlanes()', () => {
  test('shows the start position once, and nothing before it', () => {
    expect(shown('')).toEqual({ ...armies, ...allCastling, 111: 'all 1' })
    expect(shown('', 'rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1')).toEqual(shown(''))
  })

  test("turns the board upside down for Black, and with it the position before: 1.e4 from Black's side", () => {
    expect(shown('e2e4')).toEqual({
      ...armies,
      6: 'e5 a7 b7 c7 d7 f7 g7 h7',
      ...Object.fromEntries(Object.entries(armies).map(([plane, squares]) => [Number(plane) + 13, squares])),
      ...allCastling,
      108: 'all 1',
      111: 'all 1',
    })
  })

  test('keeps ours and theirs of the side to move through the whole history', () => {
    const planes = shown('e2e4 e7e5 g1f3')
    expect(step(planes, 0)).toMatchObject({
      0: 'a2 b2 c2 d2 f2 g2 h2 e4',
      6: 'e5 a7 b7 c7 d7 f7 g7 h7',
      7: 'f6 b8',
    })
    expect(step(planes, 1)).toMatchObject({
      0: 'a2 b2 c2 d2 f2 g2 h2 e4',
      6: 'e5 a7 b7 c7 d7 f7 g7 h7',
      7: 'b8 g8',
    })
    expect(step(planes, 2)).toMatchObject({ 0: armies[0], 6: 'e5 a7 b7 c7 d7 f7 g7 h7', 7: 'b8 g8' })
    expect(step(planes, 3)).toEqual(armies)
    expect(step(planes, 4)).toEqual({})
    expect(rest(planes)).toEqual({ ...allCastling, 108: 'all 1', 109: 'all 1', 111: 'all 1' })
  })

  test('shows the last 8 positions of a longer game', () => {
    const planes = shown('a2a3 a7a6 b2b3 b7b6 c2c3 c7c6 d2d3 d7d6')
    expect(step(planes, 7)).toMatchObject({ 0: 'b2 c2 d2 e2 f2 g2 h2 a3', 6: armies[6] })
    expect(step(planes, 0)).toMatchObject({ 0: 'e2 f2 g2 h2 a3 b3 c3 d3' })
  })

  test('shows en passant by the history alone', () => {
    const before = shown('e2e4 a7a6 e4e5 d7d5')
    expect(step(before, 0)).toMatchObject({ 0: 'a2 b2 c2 d2 f2 g2 h2 e5', 6: 'd5 a6 b7 c7 e7 f7 g7 h7' })
    expect(step(before, 1)).toMatchObject({ 6: 'a6 b7 c7 d7 e7 f7 g7 h7' })
    const taken = shown('e2e4 a7a6 e4e5 d7d5 e5d6')
    expect(step(taken, 0)).toMatchObject({
      0: 'b2 c2 e2 f2 g2 h2 a3',
      6: 'd3 a7 b7 c7 d7 f7 g7 h7',
    })
  })

  test('says who may still castle, ours first, the long side first', () => {
    const kings = 'r3k2r/8/8/8/8/8/8/R3K2R'
    expect(rest(shown('', `${kings} w Kq - 0 1`))).toEqual({ 105: 'all 1', 106: 'all 1', 111: 'all 1' })
    expect(rest(shown('', `${kings} b Kq - 0 1`))).toEqual({
      104: 'all 1',
      107: 'all 1',
      108: 'all 1',
      111: 'all 1',
    })
    expect(rest(shown('h1g1 e8e7', `${kings} w KQkq - 0 1`))).toEqual({
      104: 'all 1',
      109: 'all 2',
      111: 'all 1',
    })
  })

  test('shows a promoted piece as what it is now', () => {
    const planes = shown('a7a8n', '4k3/P7/8/8/8/8/8/4K3 w - - 0 1')
    expect(step(planes, 0)).toEqual({ 5: 'e1', 7: 'a1', 11: 'e8' })
    expect(step(planes, 1)).toEqual({ 5: 'e1', 6: 'a2', 11: 'e8' })
  })

  test('marks each position that the game had been in before', () => {
    const planes = shown('g1f3 g8f6 f3g1 f6g8 g1f3')
    expect([0, 1, 2, 3, 4, 5].map((slot) => step(planes, slot)[12])).toEqual([
      'all 1',
      'all 1',
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  test('gives the half moves since the last capture or pawn move, the ones before a FEN included', () => {
    expect(shown('a1b1', '7k/8/8/8/8/8/R7/K7 w - - 98 80')).toMatchObject({ 109: 'all 99' })
    expect(shown('e2e4', '7k/8/8/8/8/8/4P3/K7 w - - 42 80')[109]).toBe(undefined)
  })
})

describe('encodePlanes() before a FEN', () => {
  test('shows its position in all steps', () => {
    const planes = shown('', '4k3/P7/8/8/8/8/8/4K3 b - - 3 40')
    const first = { 5: 'e1', 6: 'a2', 11: 'e8' }
    for (const slot of [0, 1, 2, 3, 4, 5, 6, 7]) expect(step(planes, slot)).toEqual(first)
  })

  test('shows it in the steps before the moves, from the side to move now', () => {
    const planes = shown('a7a8q', '4k3/P7/8/8/8/8/8/4K3 w - - 3 40')
    expect(step(planes, 0)).toEqual({ 5: 'e1', 10: 'a1', 11: 'e8' })
    for (const slot of [1, 2, 3, 4, 5, 6, 7])
      expect(step(planes, slot)).toEqual({ 5: 'e1', 6: 'a2', 11: 'e8' })
  })

  test.each([
    ['4k3/8/8/8/3pP3/8/8/4K3 b - e3 0 1', { 0: 'd5', 6: 'e5' }, { 0: 'd5', 6: 'e7' }],
    ['4k3/8/8/3pP3/8/8/8/4K3 w - d6 0 1', { 0: 'e5', 6: 'd5' }, { 0: 'e5', 6: 'd7' }],
    ['4k3/8/8/8/4P3/8/8/4K3 b - e3 0 1', { 6: 'e5' }, { 6: 'e7' }],
  ])('takes back the pawn that its en passant square tells of: %s', (fen, now, before) => {
    const planes = shown('', fen)
    expect(step(planes, 0)).toMatchObject(now)
    for (const slot of [1, 7]) expect(step(planes, slot)).toMatchObject(before)
  })
})
