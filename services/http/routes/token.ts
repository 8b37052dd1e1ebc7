import type { FastifyInstance } from 'fastify'
import type { RouteContext } from '../route-context.ts'

/** GET /token, on the control socket only: what `podctl url` puts into the address. */
export function tokenRoutes(app: FastifyInstance, context: RouteContext): void {
  app.get('/token', { config: { access: 'socket' }, schema: tokenSchema }, async () => ({
    token: await context.token(),
  }))
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
