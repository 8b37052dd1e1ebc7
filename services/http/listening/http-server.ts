import http from 'node:http'
import type { Duplex } from 'node:stream'
import { refuseBadRequest } from '../errors/bad-request.ts'
import type { HttpTimings } from '../options.ts'

export type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void

export interface HttpServer {
  readonly server: http.Server
  /** Answers what is under way, drops what is idle, and settles when no connection is left; `kill` cuts the rest off. */
  close(kill: AbortSignal): Promise<void>
}

/** Open at once on one listener: for one more the connection that has been idle for longest is closed. */
export const mostConnections = 1000

/**
 * A server that knows what is under way on each connection, so that silent and half-sent ones cannot hold up its end, nor shut out
 * others: `onRefused` is told of each that is closed to make room.
 */
export function httpServer(handler: Handler, timings: HttpTimings, onRefused: () => void): HttpServer {
  /** With the answers that are under way; what has been idle for longest comes first. */
  const connections = new Map<Duplex, Set<http.ServerResponse>>()
  let closing = false
  const server = http.createServer(serverOptions(timings), (request, response) => {
    const { socket } = request
    const answers = connections.get(socket)
    answers?.add(response)
    response.once('close', () => {
      answers?.delete(response)
      if (answers?.size !== 0 || !connections.delete(socket)) return
      connections.set(socket, answers) // idle from now on
      if (closing) socket.destroySoon()
    })
    if (closing) response.setHeader('connection', 'close')
    handler(request, response)
  })
  server.on('connection', (socket) => {
    if (connections.size >= mostConnections) {
      onRefused()
      const idle = longestIdle(connections)
      if (idle === undefined) return void socket.destroy()
      connections.delete(idle)
      idle.destroy()
    }
    connections.set(socket, new Set())
    socket.once('close', () => connections.delete(socket))
  })
  server.on('clientError', (error, socket) => {
    refuseBadRequest(error, socket, (connections.get(socket)?.size ?? 0) > 0)
  })
  const close = async (kill: AbortSignal) => {
    closing = true
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    server.close(() => resolve()) // also when it was only about to listen: then it does not any more
    for (const [socket, answers] of connections) windDown(socket, answers)
    const cut = () => {
      for (const socket of connections.keys()) socket.destroy()
    }
    if (kill.aborted) cut()
    kill.addEventListener('abort', cut, { once: true })
    await closed
    kill.removeEventListener('abort', cut)
  }
  return { server, close }
}

function longestIdle(connections: ReadonlyMap<Duplex, ReadonlySet<unknown>>): Duplex | undefined {
  for (const [socket, answers] of connections) if (answers.size === 0) return socket
  return undefined
}

function windDown(socket: Duplex, answers: ReadonlySet<http.ServerResponse>): void {
  if (answers.size === 0) socket.destroy()
  for (const answer of answers) if (!answer.headersSent) answer.setHeader('connection', 'close')
}

function serverOptions({ headersMs, requestMs, keepAliveMs }: HttpTimings): http.ServerOptions {
  return {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: Math.min(5000, headersMs),
  }
}
