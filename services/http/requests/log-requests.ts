import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { pathOf } from '../errors/answer-errors.ts'

/** Logs every request that is use of the pod, without its query; probes and readers of the status are not logged. */
export function logRequests(app: FastifyInstance, log: Logger): void {
  app.addHook('onResponse', async (request, reply) => {
    if (!request.routeOptions.config.activity) return
    const { method } = request
    log.info(
      { method, path: pathOf(request), status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'answered',
    )
  })
}
