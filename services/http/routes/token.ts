import type { FastifyInstance } from 'fastify'
import { problem } from '../problem.ts'
import type { RouteContext } from '../route-context.ts'
import { isTrusted } from '../trusted.ts'

/** GET /token, on the control socket only: what `podctl url` puts into the address. */
export function tokenRoutes(app: FastifyInstance, context: RouteContext): void {
  app.get('/token', { config: { access: 'change' }, schema: tokenSchema }, async (request) => {
    if (!isTrusted(request.raw))
      throw problem(403, 'the token is told on the control socket only: `podctl url`')
    return { token: await context.token() }
  })
}

const tokenSchema = {
  summary: 'The token, for podctl',
  description: 'On the control socket only; 403 on TCP.',
  tags: ['control'],
  response: {
    200: {
      description: 'The token',
      type: 'object',
      required: ['token'],
      properties: { token: { type: 'string' } },
    },
  },
}
