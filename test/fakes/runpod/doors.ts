import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server on the loopback that can go, so that connections are refused, and come back on its port. */
export interface Doors {
  readonly url: string
  shut(): Promise<void>
  open(): Promise<void>
}

export async function openDoors(listener: RequestListener, port: number): Promise<Doors> {
  let server: Server | undefined = await listen(listener, port)
  const bound = server.address() as AddressInfo // it listens on TCP
  return {
    url: `http://127.0.0.1:${bound.port}`,
    async shut() {
      const ending = server
      server = undefined
      if (!ending) return
      const closed = once(ending, 'close')
      ending.close()
      ending.closeAllConnections()
      await closed
    },
    async open() {
      server ??= await listen(listener, bound.port)
    },
  }
}

async function listen(listener: RequestListener, port: number): Promise<Server> {
  const server = createServer(listener)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}
