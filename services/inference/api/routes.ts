import type { FastifyPluginAsync } from 'fastify'
import type { InferenceMetrics } from '../metrics/inference-metrics.ts'
import { batchRoute } from './batch-route.ts'
import { type InferOptions, inferrer } from './infer.ts'
import { inferRequestSchema } from './infer-request.ts'
import { inferRoute } from './infer-route.ts'
import { inferAnswerSchema } from './infer-schema.ts'
import { v2Routes } from './v2-routes.ts'

/** What the routes need of the service. */
export interface InferenceRouteOptions extends InferOptions {
  readonly metrics: InferenceMetrics
}

/** /infer, /infer/batch and /v2. Reading bodies as JSON and wording what does not fit a schema is http's part. */
export function inferenceRoutes(options: InferenceRouteOptions): FastifyPluginAsync {
  const { metrics } = options
  const infer = inferrer(options)
  metrics.waiting = () => {
    const now = options.serving()
    return now.type === 'up' ? now.served.waiting() : 0
  }
  return async (app) => {
    app.addSchema(inferRequestSchema)
    app.addSchema(inferAnswerSchema)
    v2Routes(app, options)
    await app.register(async (counted) => {
      counted.addHook('onError', async (_request, _reply, error) => metrics.refused(error))
      inferRoute(counted, infer, metrics)
      batchRoute(counted, infer, metrics)
    })
  }
}
