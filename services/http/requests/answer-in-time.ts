import type { FastifyInstance } from 'fastify'
import { sendProblem } from '../errors/answer-errors.ts'
import { type HttpProblem, problem } from '../errors/problem.ts'
import type { RouteContext } from '../route-context.ts'
import { isTrusted } from './trusted.ts'

/**
 * Answers 503 for every handler that takes longer than a proxy waits, and 408 for a body that is not there by then.
 * fastify's own `handlerTimeout` ends with the request's body on this Node: it would never fire for a POST.
 */
export function answerInTime(app: FastifyInstance, { timings }: RouteContext): void {
  app.addHook('onRequest', (request, reply, done) => {
    const changing = request.routeOptions.config.access === 'change'
    const limitMs = changing && isTrusted(request.raw) ? timings.commandMs : timings.answerMs
    const late = () => {
      if (reply.sent || reply.raw.headersSent) return
      // A body that is still on its way would be taken for the next request.
      if (!request.raw.complete) reply.header('connection', 'close')
      sendProblem(reply, lateness(request.raw.complete, changing, limitMs))
    }
    const timer = setTimeout(late, limitMs)
    reply.raw.once('close', () => clearTimeout(timer))
    done()
  })
}

function lateness(complete: boolean, changing: boolean, limitMs: number): HttpProblem {
  const seconds = Math.round(limitMs / 1000)
  if (!complete) return problem(408, `the body did not arrive within ${seconds} s`)
  const remedy = changing ? 'it goes on; /status says what is true' : 'try again'
  return problem(503, `no answer within ${seconds} s: ${remedy}`, { retryAfterSeconds: 5 })
}
