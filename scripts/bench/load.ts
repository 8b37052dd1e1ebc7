import http from 'node:http'
import { text } from 'node:stream/consumers'

export interface Load {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** `clients` that ask one after the other on a connection each, for `forMs`; rejects at an answer that is not 200. */
export async function load(
  url: string,
  body: string | undefined,
  clients: number,
  forMs: number,
): Promise<Load> {
  const endMs = performance.now() + forMs
  const times = (await Promise.all(Array.from({ length: clients }, () => client(url, body, endMs)))).flat()
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(share * times.length)] ?? Number.NaN
  return { perSecond: times.length / (forMs / 1000), p50Ms: at(0.5), p99Ms: at(0.99) }
}

async function client(url: string, body: string | undefined, endMs: number): Promise<readonly number[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  const times: number[] = []
  while (performance.now() < endMs) {
    const startMs = performance.now()
    await ask(url, body, agent)
    times.push(performance.now() - startMs)
  }
  agent.destroy()
  return times
}

async function ask(url: string, body: string | undefined, agent: http.Agent): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>()
  const method = body === undefined ? 'GET' : 'POST'
  http.request(url, { agent, method }, resolve).once('error', reject).end(body)
  const response = await promise
  const answer = await text(response)
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}: ${answer}`)
}
