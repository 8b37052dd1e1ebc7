import { processUsage } from '../../accept/process-usage.ts'
import type { Measured } from './job.ts'
import type { BenchOptions } from './options.ts'
import { runClients } from './run-clients.ts'
import { type Kind, kinds, type ScriptSource } from './script-source.ts'
import type { Server } from './server.ts'

const rampMs = 500
/** More than the first round can ask in a second. */
const firstGuess = 1200

/** One server, asked one way, once. */
export interface Sample extends Measured {
  readonly server: Server['name']
  readonly kind: Kind
  readonly clients: number
  /** CPU of the server's process tree for one answer. */
  readonly cpuMsPerAnswer: number
  /** Resident memory of the server's process tree afterwards. */
  readonly treeMb: number
}

/** All rounds, the servers in turn with the same scripts, which no server is ever asked twice. */
export async function runRounds(
  servers: readonly Server[],
  source: ScriptSource,
  options: BenchOptions,
  onSample: (sample: Sample) => void,
): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  for (let round = 0; round < options.rounds; round += 1) {
    for (const kind of kinds) {
      for (const clients of options.clients) {
        const most = Math.max(firstGuess, ...samples.map((sample) => sample.perSecond * 1.3))
        const scripts = source.take(kind, most * (options.seconds + rampMs / 1000), clients)
        const job = { clients, rampMs, measureMs: options.seconds * 1000, scripts }
        for (const server of servers) {
          const sample = await sampleOf(server, kind, job)
          samples.push(sample)
          onSample(sample)
        }
      }
    }
  }
  return samples
}

async function sampleOf(
  server: Server,
  kind: Kind,
  job: Omit<Parameters<typeof runClients>[0], 'port'>,
): Promise<Sample> {
  const before = processUsage(server.pid)
  const startMs = performance.now()
  const measured = await runClients({ ...job, port: server.port })
  const after = processUsage(server.pid)
  const share = job.measureMs / (performance.now() - startMs)
  const cpuMs = (after.cpuSeconds - before.cpuSeconds) * 1000 * share
  return {
    ...{ server: server.name, kind, clients: job.clients, treeMb: after.treeMb, ...measured },
    cpuMsPerAnswer: cpuMs / measured.answers,
  }
}
