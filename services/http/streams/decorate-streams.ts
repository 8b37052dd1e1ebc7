import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { RouteContext } from '../route-context.ts'
import { type EventStream, eventStream } from './event-stream.ts'
import { countStreams } from './stream-count.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Takes the answer over as an event stream, for routes of services; throws 503 when too many are open. */
    eventStream(request: FastifyRequest, reply: FastifyReply): EventStream
  }
}

/** Lets the routes of services answer with event streams. */
export function decorateStreams(app: FastifyInstance, context: RouteContext): void {
  const enter = countStreams()
  app.decorate('eventStream', (request: FastifyRequest, reply: FastifyReply) => {
    const leave = enter()
    const stream = eventStream(request, reply, context)
    stream.ended.addEventListener('abort', leave, { once: true })
    return stream
  })
}
