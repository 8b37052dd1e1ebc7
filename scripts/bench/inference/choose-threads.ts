import { runClients } from './run-clients.ts'
import type { ScriptSource } from './script-source.ts'
import { type PeerOptions, startPeer } from './server.ts'

export interface ThreadTrial {
  readonly threads: number
  /** Requests per second with 1 and with 8 clients. */
  readonly perSecond: readonly number[]
}

/** Tries the peer with 1 and 2 threads of torch, with 1 and 8 clients each; the best comes first. */
export async function tryThreads(
  peer: Omit<PeerOptions, 'threads'>,
  source: ScriptSource,
  seconds: number,
): Promise<readonly ThreadTrial[]> {
  const trials: ThreadTrial[] = []
  for (const threads of [1, 2]) {
    const server = await startPeer({ ...peer, threads })
    try {
      const perSecond: number[] = []
      for (const clients of [1, 8]) {
        const scripts = source.take('independent', 400 * (seconds + 0.3), clients)
        const job = { port: server.port, clients, rampMs: 300, measureMs: seconds * 1000, scripts }
        perSecond.push((await runClients(job)).perSecond)
      }
      trials.push({ threads, perSecond })
    } finally {
      await server.end()
    }
  }
  return trials.sort((a, b) => score(b) - score(a))
}

/** The geometric mean, squared: twice as fast with one client outweighs half as fast with eight. */
function score({ perSecond }: ThreadTrial): number {
  return perSecond.reduce((product, rate) => product * rate, 1)
}
