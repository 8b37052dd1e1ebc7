import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { processUsage } from '../../accept/process-usage.ts'
import { pythonWithTorch } from '../../accept/pt-parity.ts'
import { root } from '../../accept/root.ts'
import { type Agreement, agreement } from './agreement.ts'
import { ceiling } from './ceiling.ts'
import { tryForms } from './choose-form.ts'
import type { BareSample } from './figures.ts'
import type { BenchOptions } from './options.ts'
import { runRounds, type Sample } from './rounds.ts'
import { independentPlies, scriptSource } from './script-source.ts'
import { type PeerForm, type PeerOptions, type Server, startOurs, startPeer } from './server.ts'
import { type TorchLoop, torchLoop } from './torch-loop.ts'

const seed = 2026
const compared = 50

/** Everything that the bench found out. */
export interface BenchReport {
  /** How the peer was run. */
  readonly form: PeerForm
  readonly loop: TorchLoop
  readonly agreement: Agreement
  readonly samples: readonly Sample[]
  /** Bare onnxruntime, between the rounds of the servers. */
  readonly bare: readonly BareSample[]
  /** CPU of a pod that nobody asks, in percent of a core. */
  readonly idlePercent: number
}

/** Runs the whole comparison; `say` hears of its progress. */
export async function benchInference(
  options: BenchOptions,
  say: (line: string) => void,
): Promise<BenchReport> {
  const python = pythonWithTorch(process.env)
  if (python === undefined)
    throw new Error('there is no Python with torch (npm run bench makes one in .venv)')
  const folder = await mkdtemp(join(tmpdir(), 'podmate-bench-'))
  try {
    const checkpoint = join(folder, 'model.pt')
    await promisify(execFile)(python, [join(root, 'scripts/bench/peer/make_checkpoint.py'), checkpoint])
    return await compare({ python, checkpoint }, options, say)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function compare(
  what: Omit<PeerOptions, 'form'>,
  options: BenchOptions,
  say: (line: string) => void,
): Promise<BenchReport> {
  const source = scriptSource(seed)
  const shortly = Math.min(options.seconds, 2)
  const form = options.peer ?? (await bestForm(what, source, shortly, say))
  const peer = { ...what, form }
  const loop = await torchLoop(peer, source.take('independent', 400, 1), shortly)
  const servers: Server[] = []
  try {
    servers.push(await startOurs(what.checkpoint))
    servers.push(await startPeer(peer))
    const agreed = await agreement(servers, source.take('independent', compared, 1))
    const samples: Sample[] = []
    const bare: BareSample[] = []
    for (let round = 0; round < options.rounds; round += 1) {
      const told = (sample: Sample) => say(sampleLine(sample))
      samples.push(...(await runRounds(servers, source, { ...options, rounds: 1 }, told)))
      for (const clients of options.clients)
        bare.push(await bareSample(what.checkpoint, clients, shortly, say))
    }
    await servers.pop()?.end()
    const idlePercent = await idleCpu(servers[0]?.pid ?? 0, options.idleSeconds)
    return { form, loop, agreement: agreed, samples, bare, idlePercent }
  } finally {
    for (const server of servers) await server.end()
  }
}

async function bareSample(
  checkpoint: string,
  clients: number,
  seconds: number,
  say: (line: string) => void,
): Promise<BareSample> {
  const [best] = await ceiling(checkpoint, { clients, plies: independentPlies, seconds })
  say(
    `bare onnxruntime ${clients}: ${best.perSecond.toFixed(0)}/s, processes x threads ${best.processes} x ${best.threads}`,
  )
  return { clients, ...best }
}

async function bestForm(
  ...[what, source, seconds, say]: [...Parameters<typeof tryForms>, (line: string) => void]
): Promise<PeerForm> {
  const trials = await tryForms(what, source, seconds)
  for (const { form, perSecond } of trials)
    say(`${formName(form)}: ${perSecond.map(Math.round).join('/s with 1 client, ')}/s with 8`)
  return trials[0]?.form ?? { threads: 1, runsIn: 'loop' }
}

/** The peer's form in words. */
export function formName({ threads, runsIn }: PeerForm): string {
  return `peer in its ${runsIn} with ${threads} torch ${threads === 1 ? 'thread' : 'threads'}`
}

async function idleCpu(pid: number, seconds: number): Promise<number> {
  await pause(Math.min(5, seconds) * 1000) // what the last requests left to do
  const before = processUsage(pid)
  await pause(seconds * 1000)
  return ((processUsage(pid).cpuSeconds - before.cpuSeconds) / seconds) * 100
}

function sampleLine({ server, kind, clients, perSecond, p50Ms }: Sample): string {
  return `${kind} ${clients} ${server}: ${perSecond.toFixed(0)}/s, p50 ${p50Ms.toFixed(1)} ms`
}
