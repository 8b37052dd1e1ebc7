import type { FastifyInstance } from 'fastify'
import { sendProblem } from './answer-errors.ts'
import { problem } from './problem.ts'
import type { RouteContext } from './route-context.ts'
import { isTrusted } from './trusted.ts'

/**
 * Answers 503 for every handler that takes longer than a proxy waits, and 408 for a body that is not there by then.
 * fastify's own `handlerTimeout` ends with the request's body on this Node: it would never fire for a POST.
 */
export function answerInTime(app: FastifyInstance, { timings }: RouteContext): void {
  app.addHook('onRequest', (request, reply, done) => {
    const commanding = isTrusted(request.raw) && request.routeOptions.config.access === 'change'
    const limitMs = commanding ? timings.commandMs : timings.answerMs
    const late = () => {
      if (reply.sent || reply.raw.headersSent) return
      const seconds = Math.round(limitMs / 1000)
      if (request.raw.complete) {
        sendProblem(reply, problem(503, `no answer within ${seconds} s; try again`, { retryAfterSeconds: 5 }))
      } else {
        reply.header('connection', 'close')
        sendProblem(reply, problem(408, `the body did not arrive within ${seconds} s`))
      }
    }
    const timer = setTimeout(late, limitMs)
    reply.raw.once('close', () => clearTimeout(timer))
    done()
  })
}
