import type { StaticDocumentSpec } from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import fastify from 'fastify'
import type { Logger } from 'pino'
import { answerErrors } from '../errors/answer-errors.ts'
import { openapiDocument } from '../openapi.ts'
import type { RouteContext } from '../route-context.ts'

/** /docs: the API to read and try. Its app is built by the first visit, so that a start does not pay for it. */
export function docsRoutes(app: FastifyInstance, { log }: RouteContext): void {
  let docs: Promise<FastifyInstance> | undefined
  app.addHook('onClose', async () => {
    const built = await docs?.catch(() => undefined) // whoever asked for it was told
    await built?.close()
  })
  for (const url of ['/docs', '/docs/*']) {
    app.get(url, { config: { access: 'read' }, schema: { hide: true } }, async (request, reply) => {
      docs ??= docsApp(app, log)
      const { routing } = await docs
      reply.hijack()
      routing(request.raw, reply.raw)
    })
  }
}

async function docsApp(described: FastifyInstance, log: Logger): Promise<FastifyInstance> {
  const [{ default: swagger }, { default: swaggerUi }] = await Promise.all([
    import('@fastify/swagger'),
    import('@fastify/swagger-ui'),
  ])
  const app = fastify({ logger: false })
  answerErrors(app, [], log)
  const specification = { document: openapiDocument(described) } as StaticDocumentSpec // its type knows no 3.1 yet
  await app.register(swagger, { mode: 'static', specification })
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true })
  await app.ready()
  return app
}
