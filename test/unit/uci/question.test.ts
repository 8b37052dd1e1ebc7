import { describe, expect, test } from 'vitest'
import { defaults, type Settings } from '../../../scripts/uci/options.ts'
import { startPosition } from '../../../scripts/uci/position.ts'
import { question } from '../../../scripts/uci/question.ts'

const go = { infinite: false, ponder: false }
const topk = (settings: Partial<Settings>, searchmoves?: readonly string[]) =>
  question(startPosition, { ...go, ...(searchmoves && { searchmoves }) }, { ...defaults, ...settings }).topk

describe('question()', () => {
  test('plays as those games went that the colour to move won', () => {
    expect(question(startPosition, go, defaults)).toEqual({ context: [], winner_side: 'W', topk: 5 })
    const black = { moves: ['e2e4'], turn: 'b' } as const
    expect(question(black, go, defaults)).toEqual({ context: ['e2e4'], winner_side: 'B', topk: 5 })
  })

  test.each([
    ['white', 'W'],
    ['black', 'B'],
    ['draw', 'D'],
    ['unknown', null],
  ])('plays as WinnerSide %s says', (winnerSide, asked) => {
    expect(question(startPosition, go, { ...defaults, winnerSide }).winner_side).toBe(asked)
  })

  test('sends a FEN only when there is one', () => {
    const position = { startFen: '8/8/8/8/8/4k3/4p3/4K3 b - - 3 70', moves: [], turn: 'b' } as const
    expect(question(position, go, defaults)).toMatchObject({ fen: position.startFen, context: [] })
  })

  test('asks for as many moves as can be of use', () => {
    expect(topk({ multiPv: 12 })).toBe(12)
    expect(topk({ topK: 40 })).toBe(5)
    expect(topk({ topK: 40, temperature: 50 })).toBe(40)
    expect(topk({ temperature: 50 })).toBe(256)
    expect(topk({}, ['e2e4'])).toBe(256)
  })
})
