import type { GameOver } from '../games/position.ts'
import type { RankedMove } from '../ranking.ts'

/** The answer of POST /infer. */
export interface InferAnswer {
  readonly topk: readonly string[]
  readonly topk_scores: readonly number[]
  readonly predicted_uci: string
  readonly best_legal: string
  readonly best_legal_san: string
  readonly legal_topk: readonly RankedMove[]
  readonly game_over: GameOver | null
  readonly value?: number
  readonly wdl?: readonly [win: number, draw: number, loss: number]
  readonly moves_left?: number
  readonly notes?: readonly string[]
  readonly device: string
  readonly model_path: string
  readonly generation: number
  readonly latency_ms: number
}

const described = (type: string, description: string) => ({ type, description })
const probability = { type: 'number', minimum: 0, maximum: 1 }

/** The shape of InferAnswer, by the name `InferAnswer#`. */
export const inferAnswerSchema = {
  $id: 'InferAnswer',
  type: 'object',
  description: 'What the model would play, and the best of what may be played',
  additionalProperties: false,
  required: [
    'topk',
    'topk_scores',
    'predicted_uci',
    'best_legal',
    'best_legal_san',
    'legal_topk',
    'game_over',
    'device',
    'model_path',
    'generation',
    'latency_ms',
  ],
  properties: {
    topk: {
      ...described(
        'array',
        "The model's choices, best first: tokens of its vocabulary, legal or not; of an Lc0 net legal moves, for its other scores mean nothing.",
      ),
      items: { type: 'string' },
    },
    topk_scores: {
      ...described(
        'array',
        'Their probabilities over the whole vocabulary; of an Lc0 net over the legal moves.',
      ),
      items: probability,
    },
    predicted_uci: described(
      'string',
      "The model's first choice: topk[0]; empty only where an Lc0 net has no legal move.",
    ),
    best_legal: described('string', 'The best legal move in UCI form; empty only when there is none.'),
    best_legal_san: described('string', 'The same move in SAN.'),
    legal_topk: {
      type: 'array',
      description:
        'The best legal moves, ranked over all of them; over all of them the probabilities add up to 1. Moves that the model does not know come last, with 0.',
      items: {
        type: 'object',
        required: ['uci', 'probability'],
        additionalProperties: false,
        properties: { uci: { type: 'string' }, probability },
      },
    },
    game_over: {
      type: ['string', 'null'],
      description:
        'Why the game is over, or why a draw can be claimed (threefold_repetition, fifty_moves; moves are still ranked); else null.',
      enum: [
        'checkmate',
        'stalemate',
        'insufficient_material',
        'threefold_repetition',
        'fifty_moves',
        null,
      ] satisfies (GameOver | null)[],
    },
    value: {
      ...described('number', 'From -1 (the side to move loses) to 1; only of models that estimate it.'),
      minimum: -1,
      maximum: 1,
    },
    wdl: {
      ...described('array', 'Win, draw and loss for the side to move; only of models that estimate them.'),
      items: probability,
      minItems: 3,
      maxItems: 3,
    },
    moves_left: described('number', 'Plies until the end of the game; only of models that estimate it.'),
    notes: {
      ...described(
        'array',
        'What was mended in the FEN, such as a castling right without its rook; absent when nothing was.',
      ),
      items: { type: 'string' },
    },
    device: described('string', 'What the model runs on, as a profiled run showed: cpu or cuda:N.'),
    model_path: described('string', 'The file of the model that answered.'),
    generation: described('integer', 'Counts the models that were served since the start, from 1.'),
    latency_ms: described('number', 'Milliseconds from the request to the answer.'),
  },
  examples: [
    {
      topk: ['g1f3', 'f1c4'],
      topk_scores: [0.61, 0.12],
      predicted_uci: 'g1f3',
      best_legal: 'g1f3',
      best_legal_san: 'Nf3',
      legal_topk: [
        { uci: 'g1f3', probability: 0.63 },
        { uci: 'f1c4', probability: 0.13 },
      ],
      game_over: null,
      device: 'cpu',
      model_path: '/workspace/artifacts/model.pt',
      generation: 1,
      latency_ms: 2.314,
    } satisfies InferAnswer,
  ],
}
