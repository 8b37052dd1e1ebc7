import { describe, expect, test } from 'vitest'
import { parsePosition } from '../../../scripts/uci/position.ts'

const parse = (text: string) => parsePosition(text.split(' '))
const start = 'rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq -'

describe('parsePosition()', () => {
  test.each([
    ['startpos', [], 'w'],
    ['startpos moves', [], 'w'],
    ['startpos moves e2e4', ['e2e4'], 'b'],
    ['junk startpos junk moves e2e4 E7E8Q', ['e2e4', 'e7e8q'], 'w'],
    [`fen ${start} 0 1`, [], 'w'],
    [`fen ${start} moves d2d4`, ['d2d4'], 'b'],
  ])('takes "%s" as a game from the start', (text, moves, turn) => {
    expect(parse(text)).toEqual({ moves, turn })
  })

  test.each([
    ['8/8/8/8/8/4k3/4p3/4K3 b - - 3 70', '', [], 'b'],
    ['8/8/8/8/8/4k3/4p3/4K3 b - -', ' moves e3d3', ['e3d3'], 'w'],
    [`${start} 4 9`, '', [], 'w'],
    ['only', ' moves a2a3', ['a2a3'], 'b'],
  ])('keeps the FEN "%s"%s', (startFen, rest, moves, turn) => {
    expect(parse(`fen ${startFen}${rest}`)).toEqual({ startFen, moves, turn })
  })

  test.each(['', 'moves e2e4', 'fen', 'fen moves e2e4'])('makes nothing of "%s"', (text) => {
    expect(parse(text)).toBeUndefined()
  })
})
