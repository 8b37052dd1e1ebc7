import type { FastifyInstance } from 'fastify'
import fastify from 'fastify'
import type { RouteName } from './errors/allowed-methods.ts'
import { answerErrors, sendError } from './errors/answer-errors.ts'
import { describeRoutes } from './openapi.ts'
import { answerInTime } from './requests/answer-in-time.ts'
import { guard } from './requests/guard.ts'
import { readJsonBodies } from './requests/json-body.ts'
import { logRequests } from './requests/log-requests.ts'
import { lazyValidators, plainAnswers, validationOptions } from './requests/validation.ts'
import type { RouteContext } from './route-context.ts'
import { controlRoutes } from './routes/control.ts'
import { docsRoutes } from './routes/docs.ts'
import { eventRoutes } from './routes/events.ts'
import { healthRoutes } from './routes/health.ts'
import { homeRoutes } from './routes/home.ts'
import { logRoutes } from './routes/logs.ts'
import { metricRoutes } from './routes/metrics.ts'
import { statusRoutes } from './routes/status.ts'
import { tokenRoutes } from './routes/token.ts'
import { sharedSchemas } from './shared-schemas.ts'
import { decorateStreams } from './streams/decorate-streams.ts'

/** The one fastify app, with our routes and those of other services, ready to take requests. */
export async function buildApp(context: RouteContext): Promise<FastifyInstance> {
  const { options, log } = context
  const app = newApp(context)
  const routes = nameRoutes(app)
  for (const schema of sharedSchemas) app.addSchema(schema)
  readJsonBodies(app)
  answerInTime(app, context)
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(commonHeaders)
  })
  guard(app, context)
  app.addHook('preHandler', async (request) => {
    if (request.routeOptions.config.activity) options.onActivity()
  })
  if (options.verbose) logRequests(app, log)
  answerErrors(app, routes, log)
  decorateStreams(app, context)
  await describeRoutes(app, options.version)
  for (const add of ownRoutes) add(app, context)
  for (const plugin of options.routes) await app.register(plugin)
  await app.ready()
  return app
}

const ownRoutes = [
  healthRoutes,
  statusRoutes,
  eventRoutes,
  logRoutes,
  metricRoutes,
  controlRoutes,
  tokenRoutes,
  docsRoutes,
  homeRoutes,
] as const

const commonHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** More than Node takes of a request line and its headers. */
const longestName = 65_536

function newApp({ log }: RouteContext): FastifyInstance {
  return fastify({
    logger: false,
    bodyLimit: 1_048_576,
    routerOptions: { maxParamLength: longestName }, // else a name of 101 characters is a 414 of fastify's own
    ajv: { customOptions: validationOptions },
    schemaController: { compilersFactory: { buildValidator: lazyValidators, buildSerializer: plainAnswers } },
    frameworkErrors: (error, request, reply) => sendError(error, request, reply, log),
  })
}

// A route that says nothing about access must not be reachable by oversight.
function nameRoutes(app: FastifyInstance): readonly RouteName[] {
  const routes: RouteName[] = []
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.access === undefined) throw new Error(`route ${String(method)} ${url} declares no access`)
    for (const name of [method].flat()) routes.push({ method: name, url })
  })
  return routes
}
