import { describe, expect, test } from 'vitest'
import { chooseMove } from '../../../scripts/uci/choose-move.ts'
import { randomSource } from '../../../scripts/uci/random-source.ts'

const ranked = [
  { uci: 'e2e4', probability: 0.6 },
  { uci: 'd2d4', probability: 0.3 },
  { uci: 'g1f3', probability: 0.1 },
  { uci: 'a2a3', probability: 0 },
]

/** How often each move is drawn in 20,000 draws, as shares. */
function shares(temperature: number, topK = 0): Record<string, number> {
  const random = randomSource(7)
  const counts: Record<string, number> = {}
  for (let draw = 0; draw < 20_000; draw += 1) {
    const move = chooseMove(ranked, { temperature, topK }, random) ?? 'none'
    counts[move] = (counts[move] ?? 0) + 1 / 20_000
  }
  return counts
}

const never = () => Number.NaN

describe('chooseMove()', () => {
  test('takes the best move at temperature 0, without drawing', () => {
    expect(chooseMove(ranked, { temperature: 0, topK: 0 }, never)).toBe('e2e4')
    expect(chooseMove([], { temperature: 0, topK: 0 }, never)).toBeUndefined()
    expect(chooseMove([], { temperature: 100, topK: 3 }, never)).toBeUndefined()
  })

  test('draws by the probabilities at 100, and never what has none', () => {
    const { e2e4, d2d4, g1f3, ...others } = shares(100)
    expect(e2e4).toBeCloseTo(0.6, 1)
    expect(d2d4).toBeCloseTo(0.3, 1)
    expect(g1f3).toBeCloseTo(0.1, 1)
    expect(others).toEqual({})
  })

  test('sharpens below 100 (0.6² : 0.3² : 0.1² at 50) and evens out above', () => {
    expect(shares(50).e2e4).toBeCloseTo(0.36 / 0.46, 1)
    expect(shares(1)).toEqual({ e2e4: expect.closeTo(1, 6) })
    expect(shares(1000).g1f3).toBeCloseTo(0.3, 1)
  })

  test('draws from the TopK best alone', () => {
    expect(Object.keys(shares(1000, 2)).sort()).toEqual(['d2d4', 'e2e4'])
    expect(shares(1000, 1)).toEqual({ e2e4: expect.closeTo(1, 6) })
  })

  test('takes the first when the model knows none of them', () => {
    const unknown = ['a2a3', 'b2b3'].map((uci) => ({ uci, probability: 0 }))
    expect(chooseMove(unknown, { temperature: 100, topK: 0 }, never)).toBe('a2a3')
  })
})

test('randomSource() gives the same row for a seed, another one for another, and stays within 0 and 1', () => {
  const row = (seed: number) => {
    const random = randomSource(seed)
    return Array.from({ length: 500 }, random)
  }
  expect(row(3)).toEqual(row(3))
  expect(row(3)).not.toEqual(row(4))
  expect(row(0)).not.toEqual(row(0))
  expect(Math.min(...row(5))).toBeGreaterThanOrEqual(0)
  expect(Math.max(...row(5))).toBeLessThan(1)
})
