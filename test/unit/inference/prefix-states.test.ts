import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lstmGraph } from '../../../services/inference/model-host/lstm/lstm-graph.ts'
import { PrefixStates } from '../../../services/inference/model-host/lstm/prefix-states.ts'
import { encodeOnnx } from '../../../services/inference/model-host/onnx/onnx-proto.ts'
import type { Output, TokenRow } from '../../../services/inference/model-host/protocol.ts'
import { openSession, type Session } from '../../../services/inference/model-host/session.ts'
import { type ForeignLstm, foreignLstm } from '../../fixtures/inference/foreign-lstm.ts'
import { plainLstm } from '../../fixtures/inference/plain-lstm.ts'
import { weightsOf } from '../../fixtures/inference/weights-of.ts'

const tiny = { layers: 2, hidden: 5, phase: true, side: true }
const bare = { winner: false, hidden: 5 }

async function open(model: typeof tiny | typeof bare, stateBytes: number, foreign?: ForeignLstm) {
  const { tokens, unknownId, weights } = await weightsOf(model)
  const onnx = foreign ? foreignLstm(weights, foreign) : encodeOnnx(lstmGraph(weights))
  const file = { family: 'next_move_lstm', tokens, unknownId, parameters: null, onnx } as const
  const session = await openSession(file, { type: 'cpu' }, { threads: 1, stateBytes, onOpen: () => {} })
  return { session, weights }
}

function largestDifference(left: readonly Output[], right: readonly ArrayLike<number>[]): number {
  const each = left.flatMap(({ scores }, row) =>
    [...scores].map((score, id) => Math.abs(score - (right[row]?.[id] ?? Number.NaN))),
  )
  return Math.max(...each)
}

/** Few tokens, so that games share prefixes; grown games, repeats and take-backs come by themselves. */
const row: fc.Arbitrary<TokenRow> = fc.record({
  kind: fc.constant('tokens'),
  tokens: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 12 }),
  winner: fc.nat(3),
  phase: fc.nat(3),
  side: fc.nat(1),
})
const batches = fc.array(fc.array(row, { minLength: 1, maxLength: 16 }), { minLength: 1, maxLength: 8 })

async function holdToPlain(session: Session, weights: Parameters<typeof plainLstm>[0], asked: TokenRow[][]) {
  for (const rows of asked) {
    const outputs = await session.run(rows)
    const plain = rows.map((one) => plainLstm(weights, one))
    expect(largestDifference(outputs, plain)).toBeLessThan(1e-5)
  }
}

describe('prefix states', () => {
  test.each([
    ['all states that fit', 2 ** 20],
    ['so few that most are evicted', 2000],
    ['none', 0],
  ])('answer batches of ragged games as plain arithmetic does, keeping %s', async (_what, bytes) => {
    const { session, weights } = await open(tiny, bytes)
    const holds = fc.asyncProperty(batches, (asked) => holdToPlain(session, weights, asked))
    await fc.assert(holds, { numRuns: 40 })
    await session.release()
  })

  test.each<ForeignLstm>([
    { states: true, batch: 'batch' },
    { states: true, batch: 1 },
    { states: false, batch: 'batch' },
    { states: false, batch: 1 },
  ])('answer as plain arithmetic does with the graph of another exporter, %o', async (foreign) => {
    const { session, weights } = await open(bare, 2 ** 20, foreign)
    const holds = fc.asyncProperty(batches, (asked) => holdToPlain(session, weights, asked))
    await fc.assert(holds, { numRuns: 20 })
    await session.release()
  })

  test('refuse a graph that has a part of the state only', async () => {
    const { weights, ...file } = await weightsOf(bare)
    const whole = Buffer.from(foreignLstm(weights, { states: true, batch: 'batch' }))
    const onnx = Buffer.from(whole.toString('latin1').replaceAll('final_c', 'finally'), 'latin1')
    const broken = { ...file, family: 'next_move_lstm', onnx } as const
    await expect(
      openSession(broken, { type: 'cpu' }, { threads: 1, stateBytes: 1, onOpen: () => {} }),
    ).rejects.toThrow('all or none of initial_h, initial_c, final_h, final_c')
  })

  test('make a game of 1,024 plies that grows by two cost two steps, not 1,024', async () => {
    const { session } = await open(tiny, 2 ** 20)
    const game = Array.from({ length: 1024 }, (_none, ply) => 1 + (ply % 3))
    const ask = async (plies: number) => {
      const startedAt = performance.now()
      await session.run([{ kind: 'tokens', tokens: game.slice(0, plies), winner: 0, phase: 0, side: 0 }])
      return performance.now() - startedAt
    }
    await ask(2)
    const whole = await ask(1000)
    const grown = Math.min(...[await ask(1002), await ask(1004), await ask(1006)])
    expect(grown).toBeLessThan(whole / 2)
    await session.release()
  })
})

describe('PrefixStates', () => {
  const state = Float32Array.of(1)

  test('finds the longest prefix that is known, as long as it may be', () => {
    const states = new PrefixStates(10_000)
    states.keep([1, 2], state)
    states.keep([1, 2, 3, 4], state)
    expect(states.longest([1, 2, 3, 4, 5, 6], 6)?.length).toBe(4)
    expect(states.longest([1, 2, 3, 4], 4)?.length).toBe(4)
    expect(states.longest([1, 2, 3, 4], 3)?.length).toBe(2)
    expect(states.longest([2, 1], 2)).toBeUndefined()
  })

  test('keeps ids apart whose bytes look alike', () => {
    const states = new PrefixStates(10_000)
    states.keep([256], state)
    states.keep([1, 0], state)
    expect(states.longest([1], 1)).toBeUndefined()
    expect(states.longest([0, 1], 2)).toBeUndefined()
    expect(states.longest([65_536], 1)).toBeUndefined()
  })

  test('forgets what was asked least lately, and keeps nothing larger than all it may keep', () => {
    const states = new PrefixStates(1000)
    states.keep([1], state)
    states.keep([2], state)
    states.longest([1], 1)
    states.keep([3], state)
    expect([1, 2, 3].filter((token) => states.longest([token], 1))).toEqual([1, 3])
    states.keep([4], new Float32Array(1000))
    expect(states.longest([4], 1)).toBeUndefined()
  })
})
