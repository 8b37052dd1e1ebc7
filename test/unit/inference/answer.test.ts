import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answer, topkFor } from '../../../services/inference/api/answer.ts'
import { inferAnswerSchema } from '../../../services/inference/api/infer-schema.ts'
import { encodeContext, type Winner } from '../../../services/inference/families/encode-context.ts'
import { familyOf } from '../../../services/inference/families/family.ts'
import { vocabularyOf } from '../../../services/inference/families/vocabulary.ts'
import { Position } from '../../../services/inference/games/position.ts'
import type { LoadedModel } from '../../../services/inference/model-host/protocol.ts'
import { rankLegal, topIds } from '../../../services/inference/ranking.ts'
import type { ServedModel } from '../../../services/inference/serving/served-model.ts'

function served(tokens: readonly string[]): ServedModel {
  const model: LoadedModel = {
    path: '/models/m.pt',
    source: 'file',
    family: 'next_move_lstm',
    parameters: 1,
    tokens,
    unknownId: 1,
    device: 'cpu',
    deviceRequested: 'auto',
    nodes: {},
    rejected: [],
    warnings: [],
  }
  const ask = async () => ({ scores: new Float32Array(0) })
  return { model, family: familyOf(model), generation: 1, loadSeconds: 0.1, waiting: () => 0, ask }
}

const tokens = ['<PAD>', '<UNK>', 'e2e4', 'e7e5', 'd2d4']

const start = { position: Position.start(), notes: [] }

describe('answer()', () => {
  test("lists the model's choices as they are and ranks every legal move", () => {
    const scores = Float32Array.of(0, 0, 1, 5, 2)
    const result = answer({ scores }, start, { served: served(tokens), topk: 3 })
    expect(result.topk).toEqual(['e7e5', 'd2d4', 'e2e4'])
    expect(result.predicted_uci).toBe('e7e5')
    expect([result.best_legal, result.best_legal_san]).toEqual(['d2d4', 'd4'])
    expect(result.legal_topk.map(({ uci }) => uci).slice(0, 2)).toEqual(['d2d4', 'e2e4'])
    const [first, second, third] = result.legal_topk.map(({ probability }) => probability)
    expect(first).toBeCloseTo(Math.exp(2) / (Math.exp(1) + Math.exp(2)), 6)
    expect([(first ?? 0) + (second ?? 0), third]).toEqual([1, 0])
    const total = [0, 0, 1, 5, 2].reduce((sum, score) => sum + Math.exp(score), 0)
    expect(result.topk_scores[0]).toBeCloseTo(Math.exp(5) / total, 6)
    expect(result).toMatchObject({
      game_over: null,
      device: 'cpu',
      model_path: '/models/m.pt',
      generation: 1,
    })
  })

  test('finds a legal move although the model knows none', () => {
    const result = answer({ scores: Float32Array.of(1, 1) }, start, {
      served: served(['<PAD>', '<UNK>']),
      topk: 2,
    })
    expect(Position.start().legalMoves()).toContain(result.best_legal)
    expect(result.best_legal_san).not.toBe('')
  })

  test('has no move only when there is none, and says why', () => {
    const mated = Position.start('7k/5Q2/6K1/8/8/8/8/8 b - - 0 1')
    const stalemate = answer(
      { scores: new Float32Array(5) },
      { position: mated, notes: [] },
      { served: served(tokens), topk: 3 },
    )
    expect(stalemate).toMatchObject({
      best_legal: '',
      best_legal_san: '',
      legal_topk: [],
      game_over: 'stalemate',
    })
  })

  test('has exactly the fields that its schema declares, with latency_ms', () => {
    const estimates = { wdl: [0.5, 0.3, 0.2], value: 0.3, movesLeft: 40 } as const
    const fieldsOf = (output: object, notes: readonly string[] = []) =>
      Object.keys(
        answer(
          { scores: new Float32Array(5), ...output },
          { ...start, notes },
          {
            served: served(tokens),
            topk: 3,
          },
        ),
      )
    expect([...fieldsOf({}), 'latency_ms'].toSorted()).toEqual(inferAnswerSchema.required.toSorted())
    expect([...fieldsOf(estimates, ['a castling right is taken off']), 'latency_ms'].toSorted()).toEqual(
      Object.keys(inferAnswerSchema.properties).toSorted(),
    )
  })

  test('tells the estimates of models that make them, within their bounds', () => {
    const output = { scores: new Float32Array(5), wdl: [1.0000001, 0, -1e-9], value: 1.0000001 } as const
    const result = answer(output, start, { served: served(tokens), topk: 1 })
    expect(result).toMatchObject({ wdl: [1, 0, 0], value: 1 })
    expect(result).not.toHaveProperty('moves_left')
  })
})

test('topkFor() takes the default for nothing and 0, and holds the rest to 1..vocabulary', () => {
  const asked = [undefined, null, 0, 1, 7, 99, -3]
  expect(asked.map((topk) => topkFor(topk, 10, 40))).toEqual([10, 10, 10, 1, 7, 40, 1])
  expect(topkFor(undefined, 10, 5)).toBe(5)
})

test('topIds() equals a full stable sort', () => {
  fc.assert(
    fc.property(
      fc.float32Array({ minLength: 1, maxLength: 200, noNaN: true }),
      fc.integer({ min: 1, max: 250 }),
      (scores, count) => {
        const all = [...scores.keys()].sort(
          (left, right) => (scores[right] ?? 0) - (scores[left] ?? 0) || left - right,
        )
        // Infinities of one sign differ by NaN, which sorts as equal.
        fc.pre(scores.every(Number.isFinite))
        expect(topIds(scores, count)).toEqual(all.slice(0, count))
      },
    ),
  )
})

test('rankLegal() keeps every move once, best first, with probabilities that add up to 1', () => {
  const legal = Position.start().legalMoves()
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.float({ noNaN: true, min: -1000, max: 1000 }), { nil: undefined }), {
        minLength: 20,
        maxLength: 20,
      }),
      (scores) => {
        const ranked = rankLegal(legal, (uci) => scores[legal.indexOf(uci)])
        expect(ranked.map(({ uci }) => uci).toSorted()).toEqual(legal.toSorted())
        const shares = ranked.map(({ probability }) => probability)
        expect(shares).toEqual(shares.toSorted((left, right) => right - left))
        const known = scores.some((score) => score !== undefined)
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(known ? 1 : 0, 6)
      },
    ),
  )
})

describe('encodeContext()', () => {
  const vocabulary = vocabularyOf(tokens, 1)
  const at = (context: readonly string[], winnerSide: Winner = 'W') => {
    const position = Position.start()
    for (const move of context) position.play(move)
    return encodeContext({ context, winnerSide }, position, vocabulary)
  }

  test('gives ids, the unknown one for unknown moves, and the side to move', () => {
    expect(at(['e2e4', 'e7e5', 'a2a3'])).toEqual({
      kind: 'tokens',
      tokens: [2, 3, 1],
      winner: 0,
      phase: 1,
      side: 1,
    })
  })

  test('gives one unknown token for an empty context', () => {
    expect(at([])).toEqual({ kind: 'tokens', tokens: [1], winner: 0, phase: 1, side: 0 })
  })

  test.each([
    ['W', 0],
    ['B', 1],
    ['D', 2],
    [null, 3],
  ] as const)('reads winner_side %j as %i', (side, id) => {
    expect(at([], side).winner).toBe(id)
  })
})
