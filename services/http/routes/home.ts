import type { FastifyInstance, FastifyRequest } from 'fastify'
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
      reply.header('set-cookie', tokenCookie(request, token))
      return cameFromElsewhere(request) ? reply.type('text/html').send(goOn) : reply.redirect('./', 303)
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

// A browser that follows a redirect for another site's link leaves strict cookies out; a page that goes on is our own.
function cameFromElsewhere({ headers }: FastifyRequest): boolean {
  return headers['sec-fetch-site'] === 'cross-site'
}

const goOn = '<!doctype html><meta http-equiv="refresh" content="0;url=./"><title>podmate</title>'

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
