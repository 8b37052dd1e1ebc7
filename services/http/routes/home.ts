import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sendError } from '../errors/answer-errors.ts'
import { contentSecurityPolicy, pageHtml } from '../page-files/page-html.ts'
import { type PageStore, pageStore } from '../page-files/page-store.ts'
import { queryToken, tokenCookie } from '../requests/credentials.ts'
import { demandToken } from '../requests/guard.ts'
import type { RouteContext } from '../route-context.ts'
import { pageRoutes } from './page.ts'

/**
 * GET /: the page; with `?token=` it first trades the token for a cookie, so that it stays out of the history. A browser
 * that shows no right token gets a form that asks for it.
 */
export function homeRoutes(app: FastifyInstance, context: RouteContext): void {
  const store = pageStore()
  pageRoutes(app, store)
  app.get(
    '/',
    { config: { access: 'read' }, schema: homeSchema, errorHandler: askForToken },
    async (request, reply) => {
      const token = queryToken(request)
      if (token === undefined) return sendPage(reply, store, 'index.html')
      await demandToken({ token, by: 'query' }, () => context.token())
      reply.header('set-cookie', tokenCookie(request, token))
      return cameFromElsewhere(request) ? reply.type('text/html').send(goOn) : reply.redirect('./', 303)
    },
  )

  async function askForToken(error: Error, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const isRefused = 'statusCode' in error && error.statusCode === 401
    if (isRefused && request.headers.accept?.includes('text/html'))
      await sendPage(reply.code(401), store, 'sign-in.html')
    else sendError(error, request, reply, context.log)
  }
}

async function sendPage(
  reply: FastifyReply,
  store: PageStore,
  name: 'index.html' | 'sign-in.html',
): Promise<FastifyReply> {
  const html = pageHtml(await store(), name)
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', contentSecurityPolicy)
    .send(html)
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
      description: 'Everything about the pod, live',
      content: { 'text/html': { schema: { type: 'string' } } },
    },
    303: { description: 'The token is in a cookie now', type: 'null' },
  },
}
