import type { IncomingMessage } from 'node:http'

const trusted = new WeakSet<IncomingMessage>()

/** Marks a request that came by the control socket. */
export function trust(request: IncomingMessage): void {
  trusted.add(request)
}

/** Whether a request came by the control socket, whose file mode has already said who may use it. */
export function isTrusted(request: IncomingMessage): boolean {
  return trusted.has(request)
}
