import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server on the loopback that can go and come back on its port. */
interface Serving {
  readonly url: string
  restart(): Promise<void>
  close(): Promise<void>
}

export async function serve(listener: RequestListener, host: string, port: number): Promise<Serving> {
  let server = await listen(listener, host, port)
  const bound = server.address() as AddressInfo // it listens on TCP
  return {
    url: `http://${host}:${bound.port}`,
    async restart() {
      await end(server)
      server = await listen(listener, host, bound.port)
    },
    close: () => end(server),
  }
}

async function listen(listener: RequestListener, host: string, port: number): Promise<Server> {
  const server = createServer({ requestTimeout: 0 }, listener)
  server.listen(port, host)
  await once(server, 'listening')
  return server
}

async function end(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}
