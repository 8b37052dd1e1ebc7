import { runClients } from './run-clients.ts'
import type { ScriptSource } from './script-source.ts'
import { type PeerForm, type PeerOptions, startPeer } from './server.ts'

/** How fast the peer is in one form. */
export interface Trial {
  readonly form: PeerForm
  /** Requests per second with 1 and with 8 clients. */
  readonly perSecond: readonly number[]
}

const forms: readonly PeerForm[] = [
  { threads: 1, runsIn: 'loop' },
  { threads: 2, runsIn: 'loop' },
  { threads: 1, runsIn: 'pool' },
  { threads: 2, runsIn: 'pool' },
]

/** Tries every form of the peer with 1 and with 8 clients; the best comes first. */
export async function tryForms(
  peer: Omit<PeerOptions, 'form'>,
  source: ScriptSource,
  seconds: number,
): Promise<readonly Trial[]> {
  const trials: Trial[] = []
  for (const form of forms) {
    const server = await startPeer({ ...peer, form })
    try {
      const perSecond: number[] = []
      for (const clients of [1, 8]) {
        const scripts = source.take('independent', 400 * (seconds + 0.3), clients)
        const job = { port: server.port, clients, rampMs: 300, measureMs: seconds * 1000, scripts }
        perSecond.push((await runClients(job)).perSecond)
      }
      trials.push({ form, perSecond })
    } finally {
      await server.end()
    }
  }
  return trials.sort((a, b) => score(b) - score(a))
}

/** The geometric mean, squared: twice as fast with one client weighs as much as twice as fast with eight. */
function score({ perSecond }: Trial): number {
  return perSecond.reduce((product, rate) => product * rate, 1)
}
