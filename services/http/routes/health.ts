import type { FastifyInstance, FastifyReply } from 'fastify'
import { readiness } from '../../../supervisor/readiness.ts'
import type { JsonObject } from '../../../supervisor/service.ts'
import type { PodStatus } from '../../../supervisor/status.ts'
import type { RouteContext } from '../route-context.ts'

/** /healthz says that the process lives, /readyz that it can serve. Neither asks the disk, the GPU or the network. */
export function healthRoutes(app: FastifyInstance, context: RouteContext): void {
  const { options, podStopping, log } = context
  app.get('/healthz', { config: { access: 'open' }, schema: healthSchema }, () => {
    return { ok: true, ...ownHealth(), services: stateNames(options.pod.status()) }
  })
  app.get('/readyz', { config: { access: 'open' }, schema: readySchema }, (_request, reply) => {
    const status = options.pod.status()
    const { ready, failing } = readiness(status)
    if (podStopping.aborted || status.state !== 'running') return stopping(reply, status)
    return reply.code(ready ? 200 : 503).send({ ready, failing })
  })

  function ownHealth(): JsonObject {
    try {
      return options.health()
    } catch (err) {
      log.error({ err }, 'a service failed to say how it is')
      return {}
    }
  }
}

function stopping(reply: FastifyReply, status: PodStatus): FastifyReply {
  const reason = status.reason ?? 'the pod is going down'
  return reply
    .code(503)
    .header('retry-after', '10')
    .header('connection', 'close')
    .send({ ready: false, failing: [{ service: 'podmate', state: 'stopping', reason }] })
}

function stateNames({ services }: PodStatus): JsonObject {
  return Object.fromEntries(Object.values(services).map(({ name, state }) => [name, state]))
}

const healthSchema = {
  summary: 'Whether podmate lives',
  tags: ['health'],
  response: {
    200: {
      description: 'It lives: what it serves and the state of every service',
      type: 'object',
      required: ['ok', 'services'],
      properties: {
        ok: { type: 'boolean' },
        services: { type: 'object', additionalProperties: { $ref: 'State#' } },
      },
      additionalProperties: true,
    },
  },
}

const readySchema = {
  summary: 'Whether every enabled service is ready',
  tags: ['health'],
  response: {
    200: { description: 'Everything is ready', $ref: 'Readiness#' },
    503: {
      description: 'What is not ready, and why; with Retry-After while the pod stops',
      $ref: 'Readiness#',
    },
  },
}
