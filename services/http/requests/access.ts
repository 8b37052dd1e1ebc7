import { createHash, timingSafeEqual } from 'node:crypto'

/** Who may use a route: anyone; whoever may read; whoever may change what runs; nobody but the control socket. */
export type Access = 'open' | 'read' | 'change' | 'socket'

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly access?: Access
    /** A request to this route counts as use of the pod. */
    readonly activity?: true
  }
}

/** Whether this route asks for a token. The unix socket is guarded by its file mode, so nobody is asked there. Pure. */
export function needsToken(access: Access, trusted: boolean, userSetToken: boolean): boolean {
  if (trusted || access === 'open') return false
  return access !== 'read' || userSetToken
}

/** Compares two secrets in a time that tells nothing about them. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

export interface OriginHeaders {
  readonly 'sec-fetch-site'?: string | string[] | undefined
  readonly origin?: string | undefined
  readonly host?: string | undefined
}

/** Whether a browser sent this from our own page. Without any sign of where it comes from the answer is no. Pure. */
export function sameOrigin(headers: OriginHeaders): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  if (headers.origin === undefined || headers.host === undefined) return false
  return URL.parse(headers.origin)?.host === headers.host
}
