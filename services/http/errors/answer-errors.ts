import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { JsonObject } from '../../../supervisor/service.ts'
import type { RouteName } from './allowed-methods.ts'
import { allowedMethods } from './allowed-methods.ts'
import { errorAnswer } from './error-answer.ts'
import { nearestName } from './nearest-name.ts'
import type { HttpProblem } from './problem.ts'
import { problem, problemBody } from './problem.ts'

/** Sends a problem; `detail` reaches the client as it is. */
export function sendProblem(reply: FastifyReply, thrown: HttpProblem): FastifyReply {
  if (thrown.statusCode === 503) reply.header('connection', 'close') // whoever waits need not hold a connection meanwhile
  if (thrown.retryAfterSeconds !== undefined) reply.header('retry-after', String(thrown.retryAfterSeconds))
  return reply
    .code(thrown.statusCode)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problemBody(thrown)))
}

/** Sends whatever a handler threw: our own faults as a bare 500, with the cause in the log only. */
export function sendError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
): FastifyReply {
  return sendProblem(reply, problemOf(error, request, log))
}

function problemOf(error: unknown, request: FastifyRequest, log: Logger): HttpProblem {
  const err = error instanceof Error ? error : new Error(String(error))
  const answer = errorAnswer(err)
  if (answer !== undefined) return answer
  const { method } = request
  log.error({ err, method, path: pathOf(request), request: request.id }, 'request failed')
  return problem(500, `podmate failed; its log has the cause under request ${request.id}`)
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The body that this error would be answered with, for routes that answer several things at once. */
    problemBody(error: unknown, request: FastifyRequest): JsonObject
  }
}

/** Makes every error of this app problem+json: thrown ones, unknown paths (404) and wrong methods (405). */
export function answerErrors(app: FastifyInstance, routes: readonly RouteName[], log: Logger): void {
  app.decorate('problemBody', (error: unknown, request: FastifyRequest) =>
    problemBody(problemOf(error, request, log)),
  )
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, log))
  app.setNotFoundHandler((request, reply) => sendNotFound(request, reply, routes))
  // Before the body is read: fastify refuses some methods without a content type even where nothing would read it.
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) return sendNotFound(request, reply, routes)
    return undefined
  })
}

function sendNotFound(
  request: FastifyRequest,
  reply: FastifyReply,
  routes: readonly RouteName[],
): FastifyReply {
  const path = pathOf(request)
  const methods = allowedMethods(routes, path)
  if (methods.length === 0) return sendProblem(reply, problem(404, unknownPath(path, routes)))
  const allow = methods.join(', ')
  reply.header('allow', allow)
  return sendProblem(reply, problem(405, `${path} does not answer to ${request.method}; it does to ${allow}`))
}

/** The path of a request, without the query, which may hold a token. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? ''
}

function unknownPath(path: string, routes: readonly RouteName[]): string {
  const near = nearestName(path, [...new Set(routes.map(({ url }) => url))])
  const remedy = near === undefined ? '/docs lists what is here' : `did you mean ${near}?`
  return `nothing is at ${path.slice(0, 200)}: ${remedy}`
}
