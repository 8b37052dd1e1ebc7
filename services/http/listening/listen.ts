import type { AddressInfo } from 'node:net'
import type { ServiceContext } from '../../../supervisor/service.ts'
import type { HttpOptions, HttpTimings } from '../options.ts'
import type { HttpServer } from './http-server.ts'
import { listenOnSocket } from './socket-listener.ts'
import { listenOnTcp } from './tcp-listener.ts'

export interface Servers {
  readonly socket: HttpServer
  /** For the group that may use the control socket, too. */
  readonly group: HttpServer
  readonly tcp: HttpServer
}

export interface ListenOptions {
  readonly options: HttpOptions
  readonly timings: HttpTimings
  readonly ctx: Pick<ServiceContext, 'ready' | 'notReady' | 'report' | 'log'>
  readonly stop: AbortSignal
}

/** Brings both listeners up and keeps `ready`, `notReady` and the reported addresses true. Settles when no try is left. */
export async function listen(servers: Servers, given: ListenOptions): Promise<void> {
  const { options, ctx } = given
  const trouble = new Map<'socket' | 'tcp', string>()
  const addresses: { socket: string | null; url: string | null } = { socket: null, url: null }
  const say = () => {
    ctx.report({ ...addresses })
    if (trouble.size > 0) ctx.notReady([...trouble.values()].join('; '))
    else if (addresses.socket !== null && addresses.url !== null) ctx.ready()
  }
  const openSocket = async () => {
    const { path, problems } = await listenOnSocket(
      { server: servers.socket.server, groupServer: servers.group.server },
      options.socketPaths,
      options.socketGroup,
    )
    if (path === undefined)
      trouble.set('socket', `no control socket, so podctl cannot reach this: ${problems.join('; ')}`)
    else ctx.log.info({ socket: path }, 'listening')
    addresses.socket = path ?? null
    say()
  }
  const openTcp = async () => {
    const address = await openPort(servers.tcp, given, (reason) => {
      trouble.set('tcp', reason)
      say()
    })
    if (address === undefined) return
    trouble.delete('tcp')
    addresses.url = urlOf(address)
    ctx.log.info({ url: addresses.url }, 'listening')
    say()
  }
  await Promise.all([openSocket(), openTcp()])
  // A connection that cannot be accepted (no memory, no file descriptors) must not take podmate down.
  for (const { server } of [servers.socket, servers.group, servers.tcp]) {
    server.on('error', (err) => ctx.log.warn({ err }, 'connection not accepted'))
  }
}

async function openPort(
  { server }: HttpServer,
  { options: { host, port, portProblem }, timings: { retryFirstMs, retryCapMs }, stop }: ListenOptions,
  onFailure: (reason: string) => void,
): Promise<AddressInfo | undefined> {
  if (port === undefined) {
    onFailure(portProblem ?? 'there is no TCP port to listen on')
    return undefined
  }
  try {
    return await listenOnTcp(server, { host, port, retryFirstMs, retryCapMs, onFailure }, stop)
  } catch (error) {
    if (stop.aborted) return undefined
    throw error
  }
}

function urlOf({ address, port, family }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
