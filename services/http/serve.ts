import type { FastifyInstance } from 'fastify'
import type { ServiceContext } from '../../supervisor/service.ts'
import { aborted } from '../../supervisor/time.ts'
import { type ConnectionCount, countConnections } from './listening/connection-count.ts'
import { httpServer } from './listening/http-server.ts'
import { listen, type Servers } from './listening/listen.ts'
import type { HttpOptions, HttpTimings } from './options.ts'
import { defaultHttpTimings } from './options.ts'
import { type SocketOf, trust } from './requests/trusted.ts'
import type { RouteContext } from './route-context.ts'

/** One run of the server: both listeners, until it is to end. */
export async function serve(options: HttpOptions, ctx: ServiceContext): Promise<void> {
  const timings = { ...defaultHttpTimings, ...options.timings }
  const connections = countConnections(ctx.log)
  const app = await newApp(options, timings, ctx, connections)
  const servers = serversOf(app, timings, connections)
  const ended = new AbortController()
  try {
    await listen(servers, { options, timings, ctx, stop: AbortSignal.any([ctx.stop, ended.signal]) })
    await aborted(ctx.stop)
  } finally {
    ended.abort() // one listener may have failed while the other still tries
    await Promise.all([servers.socket, servers.group, servers.tcp].map((server) => server.close(ctx.kill)))
    await app.close()
  }
}

async function newApp(
  options: HttpOptions,
  timings: HttpTimings,
  ctx: ServiceContext,
  connections: ConnectionCount,
): Promise<FastifyInstance> {
  // fastify takes a while to load: whoever only wants to know this service (podctl check) does not pay for it.
  const { buildApp } = await import('./build-app.ts')
  const { podStopping, stop, log } = ctx
  const context: RouteContext = {
    options,
    timings,
    podStopping,
    stop,
    log,
    connections,
    token: tokenReader(options),
  }
  return buildApp(context)
}

function serversOf(app: FastifyInstance, timings: HttpTimings, { refuse }: ConnectionCount): Servers {
  const controlled = (by: SocketOf) =>
    httpServer(
      (request, response) => {
        trust(request, by)
        app.routing(request, response)
      },
      timings,
      refuse,
    )
  const tcp = httpServer((request, response) => app.routing(request, response), timings, refuse)
  return { socket: controlled('owner'), group: controlled('group'), tcp }
}

function tokenReader({ apiToken, generatedToken }: HttpOptions): () => Promise<string> {
  let known = apiToken
  return async () => {
    known ??= await generatedToken()
    return known
  }
}
