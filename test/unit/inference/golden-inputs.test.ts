import { describe, expect, test } from 'vitest'
import { checkGoldenInputs, goldenRows } from '../../../services/inference/model-host/golden-inputs.ts'
import type { Output, Row } from '../../../services/inference/model-host/protocol.ts'

const lstm = { family: 'next_move_lstm', tokens: ['<PAD>', '<UNK>', 'e2e4', 'd2d4'], unknownId: 1 } as const

/** A model that answers row by row as `scores` says; it hears how many rows were asked with it. */
function answering(scores: (row: Row, together: number) => readonly number[], device = 'cpu') {
  const run = async (rows: readonly Row[]): Promise<readonly Output[]> =>
    rows.map((row) => ({ scores: Float32Array.from(scores(row, rows.length)) }))
  return { run, device }
}

const length = (row: Row) => (row.kind === 'tokens' ? row.tokens.length : 1)

describe('checkGoldenInputs()', () => {
  test('lets a model pass that says the same alone, in company and again', async () => {
    await expect(
      checkGoldenInputs(
        lstm,
        answering((row) => [length(row), 2, 3]),
      ),
    ).resolves.toBeUndefined()
  })

  test.each([
    ['numbers that are not finite', () => [Number.NaN, 1], 'not finite'],
    ['the same score for every move', () => [4, 4, 4], 'it gives every move the same score'],
    ['something else in company', (_row: Row, together: number) => [together, 9], 'several things at once'],
  ])('refuses one that answers %s', async (_name, scores, says) => {
    await expect(checkGoldenInputs(lstm, answering(scores))).rejects.toThrow(says)
  })

  test('refuses one that does not say the same twice', async () => {
    let together = 0
    const again = async (rows: readonly Row[]) => {
      if (rows.length > 1) together += 1
      return rows.map(() => ({ scores: Float32Array.of(together > 1 ? 5 : 1, 2) }))
    }
    await expect(checkGoldenInputs(lstm, { run: again, device: 'cpu' })).rejects.toThrow(
      'when it is asked again',
    )
  })

  test('allows a GPU what its arithmetic needs, and the CPU not', async () => {
    const rounding = (_row: Row, together: number) => [1 + (together > 1 ? 0.005 : 0), 2]
    await expect(checkGoldenInputs(lstm, answering(rounding, 'cuda:0'))).resolves.toBeUndefined()
    await expect(checkGoldenInputs(lstm, answering(rounding))).rejects.toThrow('several things at once')
  })
})

test('goldenRows() stays within the vocabulary and the features of a family', () => {
  for (const row of goldenRows(lstm)) {
    if (row.kind !== 'tokens') throw new Error('not tokens')
    expect(row.tokens.every((token) => token >= 0 && token < lstm.tokens.length)).toBe(true)
    expect([row.winner < 4, row.phase < 4, row.side < 2]).toEqual([true, true, true])
  }
  const planes = goldenRows({ ...lstm, family: 'lc0' })
  expect(planes.every((row) => row.kind === 'planes' && row.planes.length === 112 * 64)).toBe(true)
})
