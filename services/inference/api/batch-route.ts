import type { FastifyInstance, FastifyRequest } from 'fastify'
import pLimit from 'p-limit'
import type { JsonObject } from '../../../supervisor/service.ts'
import type { InferenceMetrics } from '../metrics/inference-metrics.ts'
import { RequestProblem } from '../request-problem.ts'
import {
  type BatchAnswer,
  type BatchRequest,
  batchAnswerSchema,
  batchRequestSchema,
  mostItems,
} from './batch-schema.ts'
import { clientLeft } from './client-left.ts'
import type { Inferrer } from './infer.ts'
import type { InferRequest } from './infer-request.ts'
import type { InferAnswer } from './infer-schema.ts'
import { millisecondsSince } from './milliseconds-since.ts'
import { paced } from './paced.ts'

/** Items of one request that wait for the model at a time: enough for full batches, few enough to leave others room. */
const askedAtOnce = 64
/** How long reading games may hold up other requests. */
const holdMs = 10

/** POST /infer/batch: up to 256 bodies of /infer. A bad one does not lose the others their answers. */
export function batchRoute(app: FastifyInstance, infer: Inferrer, metrics: InferenceMetrics): void {
  app.post<{ Body: BatchRequest }>('/infer/batch', {
    config: { access: 'read', activity: true },
    schema: batchRouteSchema,
    attachValidation: true,
    handler: async (request, reply): Promise<BatchAnswer> => {
      const startedAt = performance.now()
      const left = clientLeft(reply)
      const check = itemCheck(request)
      const limit = pLimit(askedAtOnce)
      const inTurn = paced(holdMs)
      const one = async (item: InferRequest, index: number): Promise<InferAnswer> => {
        const game = await inTurn(() => {
          left.throwIfAborted()
          check(item, index)
          return infer.read(item)
        })
        const result = await infer.ask(item, game, left)
        return { ...result, latency_ms: millisecondsSince(startedAt) }
      }
      const { items } = request.body
      const settled = await Promise.allSettled(
        items.map((item, index) => limit(() => metrics.count(left, () => one(item, index)))),
      )
      throwWhenDown(settled)
      const answers = settled.map((result) =>
        result.status === 'fulfilled' ? result.value : problemOf(app, request, result.reason),
      )
      return { answers, latency_ms: millisecondsSince(startedAt) }
    },
  })
}

function problemOf(app: FastifyInstance, request: FastifyRequest, reason: unknown): JsonObject {
  return app.problemBody(reason, request)
}

// When no item could be answered because of us, the whole is not answered: clients know what to do about a 503.
function throwWhenDown(settled: readonly PromiseSettledResult<unknown>[]): void {
  const reasons = settled.map((result) => (result.status === 'rejected' ? result.reason : undefined))
  const isOurs = (reason: unknown) => reason instanceof RequestProblem && reason.statusCode === 503
  if (reasons.length > 0 && reasons.every(isOurs)) throw reasons[0]
}

/** Throws the whole away when it is no list of items; else gives a check for each item, which does nothing if all fit. */
function itemCheck(request: FastifyRequest): (item: unknown, index: number) => void {
  if (request.validationError === undefined) return () => {}
  const fits = request.compileValidationSchema(envelopeSchema)
  if (!fits(request.body)) throw schemaFailure(fits.errors, 'body')
  const itemFits = request.compileValidationSchema(itemSchema)
  return (item, index) => {
    if (!itemFits(item)) throw schemaFailure(itemFits.errors, `item ${index}`)
  }
}

/** What fastify throws when a request does not fit; http words it. */
function schemaFailure(validation: unknown, validationContext: string): Error {
  return Object.assign(new Error('does not fit the schema'), {
    validation,
    validationContext,
    statusCode: 422,
  })
}

const itemSchema = { $ref: 'InferRequest#' }
const envelopeSchema = {
  ...batchRequestSchema,
  properties: { items: { ...batchRequestSchema.properties.items, items: {} } },
}

const batchRouteSchema = {
  summary: `The next moves of up to ${mostItems} games`,
  description:
    'Items are answered in order, each by its answer or by its problem (with `status`): one that is wrong does not lose the others. Counts as one activity. During a swap of the model answers may have different generations.',
  tags: ['inference'],
  body: batchRequestSchema,
  response: { 200: batchAnswerSchema },
}
