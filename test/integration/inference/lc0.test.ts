import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { policyIdOf } from '../../../services/inference/families/lc0/net-move.ts'
import { encodePlanes } from '../../../services/inference/families/lc0/planes.ts'
import { historyOf } from '../../fixtures/inference/lc0-history.ts'
import { lc0Net, plainScores } from '../../fixtures/inference/lc0-net.ts'
import { type RunningInference, runInference } from '../../fixtures/inference/run-inference.ts'

/** What the made-up net makes of a position, worked out without onnxruntime: legal moves, best first. */
function expectedRanking(moves: readonly string[], fen?: string) {
  const history = historyOf(moves, fen)
  const [position] = history
  const scores = plainScores(encodePlanes(history))
  const legal = position
    .legalMoves()
    .map((uci) => ({ uci, score: scores[policyIdOf(uci, position) ?? -1] ?? 0 }))
  const sum = legal.reduce((total, { score }) => total + Math.exp(score), 0)
  return legal
    .toSorted((left, right) => right.score - left.score)
    .map(({ uci, score }) => ({ uci, probability: expect.closeTo(Math.exp(score) / sum, 4) }))
}

describe('an Lc0 net that was dropped into the artifacts folder, alone', () => {
  let folder = ''
  let one: RunningInference
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'podmate-lc0-'))
    await writeFile(join(folder, 'maia-1900.onnx'), lc0Net({ movesLeft: true }))
    one = await runInference({ artifactDirs: [folder] })
    await one.becomes('ready')
  })
  afterAll(async () => {
    await one.stop()
    await rm(folder, { recursive: true })
  })

  const answerTo = async (body: unknown): Promise<Record<string, unknown>> => {
    const response = await one.infer(body)
    return { status: response.status, ...Object(await response.json()) }
  }

  test('is served, and said to be one', () => {
    expect(one.health()).toMatchObject({ model_path: join(folder, 'maia-1900.onnx'), device: 'cpu' })
    expect(one.status()?.details).toMatchObject({ family: 'lc0', source: 'latest' })
  })

  test.each([
    ['the start', []],
    ['Black to move', ['e2e4']],
    ['a game longer than its history', 'e2e4 e7e5 g1f3 b8c6 f1b5 a7a6 b5a4 g8f6 e1g1 f8e7'.split(' ')],
    ['castling', 'e2e4 e7e5 g1f3 g8f6 f1c4 f8c5'.split(' ')],
    ['a repetition', 'g1f3 g8f6 f3g1 f6g8'.split(' ')],
  ])('ranks all legal moves as its weights say: %s', async (_name, context) => {
    const expected = expectedRanking(context)
    const answer = await answerTo({ context, topk: 500 })
    expect(answer).toMatchObject({ status: 200, best_legal: expected[0]?.uci, legal_topk: expected })
    expect(answer).toMatchObject({ topk: expected.map(({ uci }) => uci), predicted_uci: expected[0]?.uci })
  })

  test('says what the position is worth', async () => {
    const { value, wdl, moves_left: movesLeft } = await answerTo({ context: ['d2d4'] })
    expect(value).toBeCloseTo(1 / 3, 5)
    expect(wdl).toEqual([expect.closeTo(1 / 2, 5), expect.closeTo(1 / 3, 5), expect.closeTo(1 / 6, 5)])
    expect(movesLeft).toBe(30)
  })

  test.each([
    ['castling on both sides', 'r3k2r/8/8/8/8/8/8/R3K2R b KQkq - 0 1', []],
    ['promotions', '1r2k3/P7/8/8/8/8/8/4K3 w - - 0 1', []],
    ['en passant', '4k3/8/8/8/3pP3/8/8/4K3 b - e3 0 1', []],
    ['moves after it', '4k3/P7/8/8/8/8/8/4K3 w - - 3 40', ['a7a8n', 'e8d8']],
  ])('starts from a FEN: %s', async (_name, fen, context) => {
    const expected = expectedRanking(context, fen)
    const answer = await answerTo({ fen, context, topk: 500 })
    expect(answer).toMatchObject({ status: 200, best_legal: expected[0]?.uci, legal_topk: expected })
  })

  test('pays no heed to the winner that is asked for', async () => {
    const [white, black] = await Promise.all(
      ['W', 'B'].map((side) => answerTo({ context: ['e2e4'], winner_side: side })),
    )
    expect(white?.legal_topk).toEqual(black?.legal_topk)
  })

  test('answers many at once, each for its own position', async () => {
    const firsts = ['e2e4', 'd2d4', 'c2c4', 'g1f3', 'a2a3', 'h2h4']
    const answers = await Promise.all(
      Array.from({ length: 48 }, (_none, index) => answerTo({ context: [firsts[index % 6]] })),
    )
    for (const [index, { best_legal: best }] of answers.entries())
      expect(best).toBe(expectedRanking([firsts[index % 6] ?? ''])[0]?.uci)
  })
})
