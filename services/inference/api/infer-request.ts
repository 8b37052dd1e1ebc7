import { mostPlies } from '../games/game.ts'

/** Who won the games that the model is to play like; each in a letter and in a word. */
export const winnerSides = ['W', 'B', 'D', 'white', 'black', 'draw'] as const
export type WinnerSide = (typeof winnerSides)[number]

/** The body of POST /infer: a game in one of three forms, and how it is to be answered. */
export interface InferRequest {
  readonly context?: readonly string[]
  readonly fen?: string
  readonly pgn?: string
  readonly winner_side?: WinnerSide | null
  readonly topk?: number | null
}

/** The shape of InferRequest, by the name `InferRequest#`. */
export const inferRequestSchema = {
  $id: 'InferRequest',
  type: 'object',
  title:
    'an object with "context", "fen" (also with "context") or "pgn", such as {"context": ["e2e4", "e7e5"]}',
  additionalProperties: false,
  properties: {
    context: {
      type: 'array',
      title: `a list of at most ${mostPlies} moves`,
      description:
        'The moves so far in UCI form, from the usual start or after `fen`: castling as e1g1, promotion as e7e8q. May be empty.',
      maxItems: mostPlies,
      items: { type: 'string' },
    },
    fen: {
      type: 'string',
      title: 'a FEN of at most 128 characters',
      description:
        'The position to start from, for models that know positions and not only games; the two counters may be missing.',
      maxLength: 128,
    },
    pgn: {
      type: 'string',
      title: 'the PGN of one game, at most 100,000 characters',
      description: `The text of one game of at most ${mostPlies} plies; its main line is played, a FEN tag is honoured.`,
      maxLength: 100_000,
    },
    winner_side: {
      type: ['string', 'null'],
      description: 'Play as those games went that white or black won, or nobody; null: not known.',
      enum: [...winnerSides, null],
      default: 'W',
    },
    topk: {
      type: ['integer', 'null'],
      description: 'How many choices to list; null or 0: the default of this pod. Held to 1..vocabulary.',
    },
  },
  anyOf: [
    { required: ['context'], properties: { fen: false, pgn: false } },
    { required: ['fen'], properties: { pgn: false } },
    { required: ['pgn'], properties: { context: false, fen: false } },
  ],
  examples: [{ context: ['e2e4', 'e7e5'], winner_side: 'W', topk: 2 }, { pgn: '1. e4 e5 2. Nf3 *' }],
} as const
