import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'

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

/** What a browser keeps instead of the token: whoever reads it can use this page's API, and nothing else that takes the token. Pure. */
export function cookieOf(token: string): string {
  return createHmac('sha256', token).update('podmate cookie').digest('base64url')
}

const isLoopback = (name: string) => /^(127\.[\d.]+|::1|localhost)$/.test(name)

/**
 * Whether a request may be meant for a listener on the loopback interface: a page of another site whose name was made to lead there
 * (DNS rebinding) shows its own name as Host, which has a dot. Addresses, `localhost`, names without a dot and no Host at all are fine. Pure.
 */
export function isMeantForUs(listensOn: string, host: string | undefined): boolean {
  if (host === undefined || host === '' || !isLoopback(listensOn)) return true
  const name = URL.parse(`http://${host}`)?.hostname.replace(/^\[|\]$/g, '') ?? ''
  return isIP(name) > 0 || !name.includes('.') || name.endsWith('.localhost')
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
