import { describe, expect, test } from 'vitest'
import { centipawns } from '../../../scripts/uci/centipawns.ts'
import { infoLines } from '../../../scripts/uci/info-lines.ts'
import type { Answer } from '../../../scripts/uci/read-answer.ts'

const ranked = ['e2e4', 'd2d4', 'g1f3'].map((uci, index) => ({
  uci,
  probability: [0.5, 0.25, 0.125][index] ?? 0,
}))
const answer: Answer = {
  legal_topk: ranked,
  game_over: null,
  device: 'cpu',
  model_path: '/model.pt',
  generation: 1,
  latency_ms: 1,
}
const plain = { multiPv: 1, showWdl: false }

describe('infoLines()', () => {
  test('gives no score where the model gives no value', () => {
    expect(infoLines(answer, ranked, plain, 3.4)).toEqual([
      'info depth 1 seldepth 1 multipv 1 nodes 1 time 3 pv e2e4',
      'info string probabilities: e2e4 50.0%, d2d4 25.0%, g1f3 12.5%',
    ])
  })

  test('gives as many lines as MultiPV asks for, or as there are moves', () => {
    const lines = infoLines(answer, ranked, { multiPv: 9, showWdl: false }, 3)
    expect(lines.slice(0, -1).map((line) => line.slice(24))).toEqual([
      'multipv 1 nodes 1 time 3 pv e2e4',
      'multipv 2 nodes 1 time 3 pv d2d4',
      'multipv 3 nodes 1 time 3 pv g1f3',
    ])
  })

  test('gives the value of the position as the score of the best move alone', () => {
    const lines = infoLines({ ...answer, wdl: [0.5, 0.3, 0.2] }, ranked, { multiPv: 2, showWdl: true }, 3)
    expect(lines[0]).toBe(
      `info depth 1 seldepth 1 multipv 1 score cp ${centipawns(0.3)} wdl 500 300 200 nodes 1 time 3 pv e2e4`,
    )
    expect(lines[1]).not.toContain('score')
    const [first] = infoLines({ ...answer, value: -0.3 }, ranked, { multiPv: 1, showWdl: true }, 3)
    expect(first).toContain(`score cp ${centipawns(-0.3)} nodes`)
  })

  test('keeps chances that do not add up by a rounding at 1000', () => {
    const [line] = infoLines(
      { ...answer, wdl: [0.9996, 0, 0.0006] },
      ranked,
      { multiPv: 1, showWdl: true },
      3,
    )
    expect(line).toContain(' wdl 1000 0 0 ')
  })

  test.each([
    ['checkmate', ['info depth 0 score mate 0']],
    ['stalemate', ['info depth 0 score cp 0']],
    [null, []],
  ])('says of a game that ended by %s: %j', (game_over, lines) => {
    expect(infoLines({ ...answer, legal_topk: [], game_over }, [], plain, 3)).toEqual(lines)
  })
})

test('centipawns() is even at 0, symmetric, and finite for certain results', () => {
  expect(centipawns(0)).toBe(0)
  expect(centipawns(0.5)).toBe(89)
  expect(centipawns(-0.5)).toBe(-89)
  expect(centipawns(1)).toBe(-centipawns(-1))
  expect(centipawns(2)).toBe(centipawns(1))
  expect(centipawns(1)).toBeGreaterThan(10_000)
})
