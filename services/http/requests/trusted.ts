import type { IncomingMessage } from 'node:http'

/** Who may open a socket: podmate's own account and root, or those of the group that it was given, too. */
export type SocketOf = 'owner' | 'group'

const trusted = new WeakMap<IncomingMessage, SocketOf>()

/** Marks a request that came by a control socket. */
export function trust(request: IncomingMessage, by: SocketOf): void {
  trusted.set(request, by)
}

/** Whether a request came by the socket that is podmate's own: whoever sends it could read its memory as well. */
export function isOwners(request: IncomingMessage): boolean {
  return trusted.get(request) === 'owner'
}

/** Whether a request came by a control socket, whose file mode has already said who may use it. */
export function isTrusted(request: IncomingMessage): boolean {
  return trusted.has(request)
}
