import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** How one request is met. */
export type Turn =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown }
  | 'cut'
  | 'hang'

export interface ScriptedPodmate {
  readonly url: string
  /** The bodies and headers of the requests so far. */
  readonly requests: readonly { readonly headers: IncomingHttpHeaders; readonly body: unknown }[]
  /** How many connections were made. */
  connections(): number
}

/** An HTTP server that meets each request as the next turn says, and all later ones as the last. It ends with the test. */
export async function scriptedPodmate(...turns: readonly [Turn, ...Turn[]]): Promise<ScriptedPodmate> {
  const requests: { headers: IncomingHttpHeaders; body: unknown }[] = []
  let connections = 0
  const meet = async (request: IncomingMessage, response: ServerResponse) => {
    const turn = turns[Math.min(requests.length, turns.length - 1)] ?? 'cut'
    requests.push({ headers: request.headers, body: await json(request) })
    if (turn === 'cut') return request.socket.destroy()
    if (turn === 'hang') return undefined
    const { status, headers = {}, body = {} } = turn
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
  }
  const server = createServer((request, response) => void meet(request, response))
  server.on('connection', () => {
    connections += 1
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const { port } = server.address() as AddressInfo // it listens on TCP
  return { url: `http://127.0.0.1:${port}`, requests, connections: () => connections }
}

/** A turn that answers as /infer does, with these legal moves, best first. */
export function plays(moves: Readonly<Record<string, number>>, more: object = {}): Turn {
  const legal_topk = Object.entries(moves).map(([uci, probability]) => ({ uci, probability }))
  const served = { device: 'cpu', model_path: '/models/net.onnx', generation: 1, latency_ms: 1.5 }
  return { status: 200, body: { legal_topk, game_over: null, ...served, ...more } }
}
