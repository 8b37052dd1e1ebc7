import type { FastifyRequest } from 'fastify'

/** The token that a request shows, and where. */
export interface Credentials {
  readonly token: string
  readonly by: 'header' | 'query' | 'cookie'
}

/** The first token that a request shows: Authorization header, then `?token=`, then our cookie. */
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

/** The Set-Cookie header that keeps the token for this browser, out of the reach of scripts and other sites. */
export function tokenCookie(request: FastifyRequest, token: string): string {
  const secure = request.headers['x-forwarded-proto'] === 'https' ? '; Secure' : ''
  const value = encodeURIComponent(token)
  return `${cookieName(request)}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000${secure}`
}

function cookieValue(header: string, name: string): string | undefined {
  const pair = header.split(';').find((part) => part.trim().startsWith(`${name}=`))
  if (pair === undefined) return undefined
  try {
    return decodeURIComponent(pair.slice(pair.indexOf('=') + 1).trim())
  } catch {
    return undefined // not one that we have set
  }
}
