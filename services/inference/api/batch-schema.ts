import type { JsonObject } from '../../../supervisor/service.ts'
import type { InferRequest } from './infer-request.ts'
import type { InferAnswer } from './infer-schema.ts'

export const mostItems = 256

/** The body of POST /infer/batch. */
export interface BatchRequest {
  readonly items: readonly InferRequest[]
}

/** The answer of POST /infer/batch: for each item, in order, its answer or what is wrong with it (it has a `status`). */
export interface BatchAnswer {
  readonly answers: readonly (InferAnswer | JsonObject)[]
  readonly latency_ms: number
}

export const batchRequestSchema = {
  type: 'object',
  title: 'an object such as {"items": [{"context": ["e2e4"]}]}',
  required: ['items'],
  additionalProperties: false,
  properties: {
    items: {
      type: 'array',
      title: `a list of at most ${mostItems} bodies of /infer`,
      maxItems: mostItems,
      items: { $ref: 'InferRequest#' },
    },
  },
  examples: [{ items: [{ context: ['e2e4'] }, { pgn: '1. d4 d5 *', topk: 1 }] }],
} as const

export const batchAnswerSchema = {
  type: 'object',
  description: 'An answer or a problem for each item, in order',
  required: ['answers', 'latency_ms'],
  additionalProperties: false,
  properties: {
    answers: {
      type: 'array',
      description: 'A problem has a `status`, an answer has none.',
      items: { anyOf: [{ $ref: 'InferAnswer#' }, { $ref: 'Problem#' }] },
    },
    latency_ms: { type: 'number', description: 'Milliseconds from the request to the last answer.' },
  },
} as const
