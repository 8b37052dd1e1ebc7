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

const maxConnections = 1000

/** A server that knows what is under way on each connection, so that silent and half-sent ones cannot hold up its end. */
export function httpServer(handler: Handler, timings: HttpTimings): HttpServer {
  const connections = new Map<Duplex, Set<http.ServerResponse>>()
  let closing = false
  const server = http.createServer(serverOptions(timings), (request, response) => {
    const { socket } = request
    const answers = connections.get(socket)
    answers?.add(response)
    response.once('close', () => {
      answers?.delete(response)
      if (closing && answers?.size === 0) socket.destroySoon()
    })
    if (closing) response.setHeader('connection', 'close')
    handler(request, response)
  })
  server.maxConnections = maxConnections
  server.on('connection', (socket) => {
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
