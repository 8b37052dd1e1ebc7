import type { StaticDocumentSpec } from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import fastify from 'fastify'
import type { Logger } from 'pino'
import { answerErrors } from '../errors/answer-errors.ts'
import { openapiDocument } from '../openapi.ts'
import { contentSecurityPolicy } from '../page-files/page-html.ts'
import type { RouteContext } from '../route-context.ts'

/** That of the page; Swagger UI brings a style sheet inside the document. */
const docsPolicy = contentSecurityPolicy.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")

/** /docs: the API to read and try. Its app is built by the first visit, so that a start does not pay for it. */
export function docsRoutes(app: FastifyInstance, { log }: RouteContext): void {
  let docs: Promise<FastifyInstance> | undefined
  app.addHook('onClose', async () => {
    const built = await docs?.catch(() => undefined) // whoever asked for it was told
    await built?.close()
  })
  const hidden = { config: { access: 'read' }, schema: { hide: true } } as const
  // With the slash its addresses are relative, so that any prefix of a proxy fits.
  app.get('/docs', hidden, async (request, reply) =>
    reply.redirect(request.url.replace(/^\/docs/, './docs/')),
  )
  app.get('/docs/*', hidden, async (request, reply) => {
    docs ??= docsApp(app, log)
    const { routing } = await docs
    reply.hijack()
    routing(request.raw, reply.raw)
  })
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
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: docsPolicy })
  await app.ready()
  return app
}
