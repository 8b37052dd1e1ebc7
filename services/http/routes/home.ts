import type { FastifyInstance } from 'fastify'
import { queryToken, tokenCookie } from '../credentials.ts'
import { demandToken } from '../guard.ts'
import { page } from '../page.ts'
import type { RouteContext } from '../route-context.ts'

/** GET /: the page; with `?token=` it first trades the token for a cookie, so that it stays out of the history. */
export function homeRoutes(app: FastifyInstance, context: RouteContext): void {
  app.get('/', { config: { access: 'read' }, schema: homeSchema }, async (request, reply) => {
    const token = queryToken(request)
    if (token !== undefined) {
      await demandToken(token, () => context.token())
      return reply.code(303).header('set-cookie', tokenCookie(request, token)).header('location', './').send()
    }
    return reply
      .type('text/html; charset=utf-8')
      .header(
        'content-security-policy',
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      )
      .send(page(context.options.pod.status()))
  })
}

const homeSchema = {
  summary: 'The page',
  tags: ['pod'],
  response: {
    200: {
      description: 'Services and their states',
      content: { 'text/html': { schema: { type: 'string' } } },
    },
    303: { description: 'The token is in a cookie now', type: 'null' },
  },
}
