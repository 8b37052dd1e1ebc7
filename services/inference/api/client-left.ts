import type { FastifyReply } from 'fastify'

/** Aborts when nobody can hear the answer that is still to come. fastify's own signal aborts as soon as the body was read. */
export function clientLeft(reply: FastifyReply): AbortSignal {
  const left = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) left.abort()
  })
  return left.signal
}
