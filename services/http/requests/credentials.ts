import type { FastifyRequest } from 'fastify'
import { cookieOf } from './access.ts'

/** What a request shows, and where: in a cookie it is what was made of the token. */
export interface Credentials {
  readonly token: string
  readonly by: 'header' | 'query' | 'cookie'
}

/** The first of them that a request shows: Authorization header, then `?token=`, then our cookie. */
export function credentials(request: FastifyRequest): Credentials | undefined {
  const bearer = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
  if (bearer !== undefined) return { token: bearer, by: 'header' }
  const query = queryToken(request)
  if (query !== undefined) return { token: query, by: 'query' }
  const cookie = cookieValue(request.headers.cookie ?? '', cookieName(request))
  return cookie === undefined ? undefined : { token: cookie, by: 'cookie' }
}

/** The token in the address, if there is one. */
export function queryToken(request: FastifyRequest): string | undefined {
  const token = new URLSearchParams(request.url.split('?')[1] ?? '').get('token')
  return token === null || token === '' ? undefined : token
}

// Cookies are not told apart by port: two podmates on one machine must not take each other's.
function cookieName(request: FastifyRequest): string {
  return `podmate_${request.raw.socket.localPort ?? 0}`
}

/** The Set-Cookie header that lets this browser in from now on, out of the reach of scripts and other sites. */
export function tokenCookie(request: FastifyRequest, token: string): string {
  const secure = request.headers['x-forwarded-proto'] === 'https' ? '; Secure' : ''
  return `${cookieName(request)}=${cookieOf(token)}; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000${secure}`
}

function cookieValue(header: string, name: string): string | undefined {
  const pair = header.split(';').find((part) => part.trim().startsWith(`${name}=`))
  if (pair === undefined) return undefined
  return pair.slice(pair.indexOf('=') + 1).trim()
}
