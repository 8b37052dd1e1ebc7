import type { FastifyInstance } from 'fastify'
import type { InferenceMetrics } from '../metrics/inference-metrics.ts'
import { clientLeft } from './client-left.ts'
import type { Inferrer } from './infer.ts'
import type { InferRequest } from './infer-request.ts'
import type { InferAnswer } from './infer-schema.ts'
import { millisecondsSince } from './milliseconds-since.ts'

/** POST /infer: one game, one answer. */
export function inferRoute(app: FastifyInstance, infer: Inferrer, metrics: InferenceMetrics): void {
  app.post<{ Body: InferRequest }>('/infer', {
    config: { access: 'read', activity: true },
    schema: inferRouteSchema,
    handler: async ({ body }, reply): Promise<InferAnswer> => {
      const startedAt = performance.now()
      const left = clientLeft(reply)
      const result = await metrics.count(left, async () => infer.ask(body, infer.read(body), left))
      return { ...result, latency_ms: millisecondsSince(startedAt) }
    },
  })
}

const inferRouteSchema = {
  summary: 'The next move: what the model would play, and the best legal one',
  tags: ['inference'],
  body: { $ref: 'InferRequest#' },
  response: { 200: { description: 'The rankings', $ref: 'InferAnswer#' } },
}
