import type { GameOver } from './position.ts'
import type { RankedMove } from './ranking.ts'

export const mostPlies = 1024

/** The body of POST /infer. */
export interface InferRequest {
  readonly context: readonly string[]
  readonly winner_side?: string
  readonly topk?: number | null
}

/** The answer of POST /infer. */
export interface InferAnswer {
  readonly topk: readonly string[]
  readonly topk_scores: readonly number[]
  readonly predicted_uci: string
  readonly best_legal: string
  readonly best_legal_san: string
  readonly legal_topk: readonly RankedMove[]
  readonly game_over: GameOver | null
  readonly device: string
  readonly model_path: string
  readonly generation: number
  readonly latency_ms: number
}

const described = (type: string, description: string) => ({ type, description })

export const inferRequestSchema = {
  type: 'object',
  title: 'an object such as {"context": ["e2e4", "e7e5"]}',
  required: ['context'],
  additionalProperties: false,
  properties: {
    context: {
      type: 'array',
      title: `a list of at most ${mostPlies} moves`,
      description:
        'The game so far in UCI form, from the start position: castling as e1g1, promotion as e7e8q. May be empty.',
      maxItems: mostPlies,
      items: { type: 'string' },
    },
    winner_side: {
      ...described('string', 'Play as those games went that W, B or D (nobody) won; other text: unknown.'),
      default: 'W',
    },
    topk: {
      type: ['integer', 'null'],
      description: 'How many choices to list; null or 0: the default of this pod. Held to 1..vocabulary.',
    },
  },
  examples: [{ context: ['e2e4', 'e7e5'], winner_side: 'W', topk: 2 }],
} as const

const probability = { type: 'number', minimum: 0, maximum: 1 }

export const inferAnswerSchema = {
  type: 'object',
  description: 'What the model would play, and the best of what may be played',
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
      ...described('array', "The model's choices, legal or not, best first: tokens of its vocabulary."),
      items: { type: 'string' },
    },
    topk_scores: {
      ...described('array', 'Their probabilities over the whole vocabulary.'),
      items: probability,
    },
    predicted_uci: described('string', "The model's first choice, legal or not: topk[0]."),
    best_legal: described('string', 'The best legal move in UCI form; empty only when there is none.'),
    best_legal_san: described('string', 'The same move in SAN.'),
    legal_topk: {
      type: 'array',
      description:
        'The best legal moves, ranked over all of them; over all of them the probabilities add up to 1. Moves that the model does not know come last, with 0.',
      items: {
        type: 'object',
        required: ['uci', 'probability'],
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
    device: described('string', 'What the model runs on, as a profiled run showed: cpu or cuda:N.'),
    model_path: described('string', 'The file of the model that answered.'),
    generation: described('integer', 'Counts the models that were served since the start.'),
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
