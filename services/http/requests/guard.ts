import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { HttpProblem } from '../errors/problem.ts'
import { problem } from '../errors/problem.ts'
import type { RouteContext } from '../route-context.ts'
import { cookieOf, isMeantForUs, needsToken, sameOrigin, sameSecret } from './access.ts'
import { type Credentials, credentials } from './credentials.ts'
import { isOwners, isTrusted } from './trusted.ts'

/** Lets a request through to its route, or throws 401, 403 or (the token cannot be read) 503. */
export function guard(app: FastifyInstance, context: RouteContext): void {
  app.addHook<{ Querystring: { token?: unknown } }>('onRequest', async (request, reply) => {
    // It is ours to read (from the address): routes that check their query strictly need not know of it.
    delete request.query.token
    const access = request.routeOptions.config.access ?? 'open' // only 404 and 405 have none: build-app.ts sees to it
    const { apiToken, host } = context.options
    if (access !== 'open' && apiToken === undefined && !isTrusted(request.raw)) demandOurName(host, request)
    if (access === 'socket' && isTrusted(request.raw) && !isOwners(request.raw)) throw notYours()
    if (!needsToken(access, isTrusted(request.raw), apiToken !== undefined)) return
    try {
      await demandToken(credentials(request), () => context.token())
    } catch (error) {
      if (error instanceof Error && 'statusCode' in error && error.statusCode === 401) {
        reply.header('www-authenticate', 'Bearer realm="podmate"')
      }
      throw error
    }
    if (access === 'socket')
      throw problem(403, 'this is told on the control socket only: by podctl in the pod')
    if (access === 'change') demandOurPage(request)
  })
}

/** Throws 401 unless `given` is the right token, or the cookie that was made of it. */
export async function demandToken(
  given: Credentials | undefined,
  token: () => Promise<string>,
): Promise<void> {
  if (given === undefined) throw unauthorized('this needs the token')
  const right = await readToken(token)
  if (!sameSecret(given.token, given.by === 'cookie' ? cookieOf(right) : right))
    throw unauthorized('this token is not the right one')
}

function demandOurName(host: string, request: FastifyRequest): void {
  if (isMeantForUs(host, request.headers.host)) return
  throw problem(
    421,
    `this podmate listens on ${host} and is asked for by another name: open it as http://localhost, or set API_TOKEN`,
  )
}

async function readToken(token: () => Promise<string>): Promise<string> {
  try {
    return await token()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const detail = `the token cannot be read: ${why}; podctl in the pod needs none`
    throw problem(503, detail, { retryAfterSeconds: 5, cause: error })
  }
}

// A browser sends cookies along whoever asks it to; only our own page may change things by cookie.
function demandOurPage(request: FastifyRequest): void {
  if (credentials(request)?.by !== 'cookie' || sameOrigin(request.headers)) return
  throw problem(
    403,
    'changes by cookie are taken from the page of this podmate only; send the token as Bearer',
  )
}

function notYours(): HttpProblem {
  return problem(
    403,
    "the token is told to root and to podmate's own account only: run podctl as one of them, or set API_TOKEN",
  )
}

function unauthorized(what: string): HttpProblem {
  return problem(401, `${what}: \`podctl url\`, run in the pod, prints the address with it`, {
    extra: { hint: 'Authorization: Bearer <token>' },
  })
}
