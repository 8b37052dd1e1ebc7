import type { FastifyReply } from 'fastify'

/** Aborts when nobody can hear the answer any more. fastify's own signal aborts as soon as the body was read. */
export function clientLeft(reply: FastifyReply): AbortSignal {
  const left = new AbortController()
  reply.raw.once('close', () => left.abort())
  return left.signal
}
