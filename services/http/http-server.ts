import { once } from 'node:events'
import http from 'node:http'
import type { Socket } from 'node:net'
import { refuseBadRequest } from './bad-request.ts'
import type { HttpTimings } from './options.ts'

export type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void

export interface HttpServer {
  readonly server: http.Server
  /** Answers what is under way, drops what is idle, and settles when no connection is left; `kill` cuts the rest off. */
  close(kill: AbortSignal): Promise<void>
}

const maxConnections = 1000

/** A server that keeps count of its connections, so that silent and half-sent ones cannot hold up its end. */
export function httpServer(handler: Handler, timings: HttpTimings): HttpServer {
  const busy = new Map<Socket, number>()
  let closing = false
  const begin = (socket: Socket) => busy.set(socket, (busy.get(socket) ?? 0) + 1)
  const end = (socket: Socket) => {
    const left = (busy.get(socket) ?? 1) - 1
    busy.set(socket, left)
    if (left === 0 && closing) socket.destroySoon()
  }
  const server = http.createServer(serverOptions(timings), (request, response) => {
    const { socket } = request
    begin(socket)
    response.once('close', () => end(socket))
    if (closing) response.setHeader('connection', 'close')
    handler(request, response)
  })
  server.maxConnections = maxConnections
  server.on('connection', (socket) => {
    busy.set(socket, 0)
    socket.once('close', () => busy.delete(socket))
  })
  server.on('clientError', (error, socket) => refuseBadRequest(error, socket, isBusy(busy, socket)))
  const drop = (all: boolean) => {
    for (const [socket, requests] of busy) if (all || requests === 0) socket.destroy()
  }
  const close = async (kill: AbortSignal) => {
    closing = true
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    drop(kill.aborted)
    const cut = () => drop(true)
    kill.addEventListener('abort', cut, { once: true })
    await closed
    kill.removeEventListener('abort', cut)
  }
  return { server, close }
}

function isBusy(busy: ReadonlyMap<unknown, number>, socket: unknown): boolean {
  return (busy.get(socket) ?? 0) > 0
}

function serverOptions({ headersMs, requestMs, keepAliveMs }: HttpTimings): http.ServerOptions {
  return {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: Math.min(5000, headersMs),
  }
}
