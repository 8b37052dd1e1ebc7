import { expect, test } from 'vitest'
import { answerLines, type InferAnswer } from '../../../scripts/infer/answer-lines.ts'

const answer: InferAnswer = {
  topk: ['e1e8', 'g1f3'],
  topk_scores: [0.61, 0.305],
  predicted_uci: 'e1e8',
  best_legal: 'g1f3',
  best_legal_san: 'Nf3',
  legal_topk: [{ uci: 'g1f3', probability: 1 }],
  game_over: null,
  device: 'cpu',
  model_path: '/models/m.pt',
  generation: 1,
  latency_ms: 2.314,
}

test('answerLines() gives the move with its number, both rankings side by side, and who answered', () => {
  expect(answerLines(answer, 2)).toEqual([
    '2. Nf3 (g1f3)',
    '',
    '#  MODEL          LEGAL',
    '1  e1e8   61.0 %  g1f3   100.0 %',
    '2  g1f3   30.5 %',
    '',
    '/models/m.pt (generation 1) on cpu, 2.314 ms',
  ])
})

test('answerLines() says that the game is over, or that a draw can be claimed', () => {
  const mate = {
    ...answer,
    best_legal: '',
    best_legal_san: '',
    legal_topk: [],
    game_over: 'checkmate',
  } as const
  expect(answerLines(mate, 4)[0]).toBe('The game is over: checkmate.')
  const claim = { ...answer, game_over: 'threefold_repetition' } as const
  expect(answerLines(claim, 9)[0]).toBe(
    '5... Nf3 (g1f3); the game is over or drawn by claim: threefold repetition',
  )
})

test('answerLines() gives the chances of models that have them, and no number to a move of a PGN', () => {
  const [headline] = answerLines({ ...answer, wdl: [0.5, 0.3, 0.2] }, undefined)
  expect(headline).toBe('Nf3 (g1f3); to win 50.0 %, to draw 30.0 %, to lose 20.0 %')
})
