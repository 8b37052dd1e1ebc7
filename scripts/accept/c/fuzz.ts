import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import pLimit from 'p-limit'
import { type Hostile, hostileBodies } from '../../../test/fixtures/inference/hostile-bodies.ts'
import { lc0Net } from '../../../test/fixtures/inference/lc0-net.ts'
import type { Line } from '../line.ts'
import { processUsage } from '../process-usage.ts'
import { startPod } from '../start-pod.ts'
import { untilReady } from './until-ready.ts'

const asked = 60_000
const perRound = 500
const atOnce = 4
/** Caches fill in the first third; after that a few MB come and go with garbage collection. */
const growthLimitMb = 40

/** What a podmate made of hostile bodies. */
export interface FuzzRun {
  readonly requests: number
  /** How many answers there were by status. */
  readonly statuses: Readonly<Record<number, number>>
  readonly slowestMs: number
  /** Answers that nothing a client sends may get, with what was sent. */
  readonly wrong: readonly string[]
  /** Resident memory of all its processes after a third of the requests, and after all. */
  readonly memoryMb: readonly [number, number]
}

/** Sends `requests` hostile bodies to a whole pod with a net that takes FENs; the same ones for the same seed. */
export async function fuzz(requests: number, seed: number): Promise<FuzzRun> {
  const folder = await mkdtemp(join(tmpdir(), 'podmate-fuzz-'))
  const net = join(folder, 'net.onnx')
  await writeFile(net, lc0Net())
  const pod = await startPod({ INFERENCE_API_MODEL_PATH: net })
  try {
    await untilReady(pod.url)
    return await sendAll({ url: pod.url, pid: pod.process.pid ?? 0 }, requests, seed)
  } finally {
    await pod.end()
    await rm(folder, { recursive: true })
  }
}

async function sendAll(
  pod: { readonly url: string; readonly pid: number },
  requests: number,
  seed: number,
): Promise<FuzzRun> {
  const statuses: Record<number, number> = {}
  const wrong: string[] = []
  let slowestMs = 0
  let earlyMb = 0
  const limit = pLimit(atOnce)
  for (let sent = 0; sent < requests; sent += perRound) {
    const bodies = fc.sample(hostileBodies, {
      numRuns: Math.min(perRound, requests - sent),
      seed: seed + sent,
    })
    const answers = await Promise.all(bodies.map((hostile) => limit(() => send(pod.url, hostile))))
    for (const [index, { status, tookMs, fault }] of answers.entries()) {
      statuses[status] = (statuses[status] ?? 0) + 1
      slowestMs = Math.max(slowestMs, tookMs)
      if (fault) wrong.push(`${fault}: ${JSON.stringify(bodies[index]).slice(0, 1000)}`)
    }
    if (earlyMb === 0 && sent + perRound >= requests / 3) earlyMb = processUsage(pod.pid).treeMb
  }
  return { requests, statuses, slowestMs, wrong, memoryMb: [earlyMb, processUsage(pod.pid).treeMb] }
}

async function send(
  url: string,
  { path, body }: Hostile,
): Promise<{ status: number; tookMs: number; fault?: string }> {
  const startedAt = performance.now()
  const response = await fetch(new URL(path, url), { method: 'POST', body })
  const text = await response.text()
  const tookMs = performance.now() - startedAt
  const { status } = response
  const fault = faultOf(status, response.headers.get('content-type') ?? '', text)
  return { status, tookMs, ...(fault === undefined ? {} : { fault }) }
}

function faultOf(status: number, type: string, text: string): string | undefined {
  const inside = [...text.matchAll(/"status":(5\d\d)/g)].map(([, code]) => code)
  if (status >= 500 || inside.length > 0)
    return `answered with ${status} ${inside.join(' ')}: ${text.slice(0, 300)}`
  if (status === 200) return type.startsWith('application/json') ? undefined : `200 with ${type}`
  if (![400, 413, 422].includes(status)) return `answered with ${status}`
  return type.startsWith('application/problem+json') ? undefined : `${status} with ${type}`
}

/** The full form, against memory that grows too. */
export const fuzzLine: Line = {
  title: 'fuzzer',
  async check() {
    const { requests, statuses, slowestMs, wrong, memoryMb } = await fuzz(asked, 2026)
    for (const one of wrong.slice(0, 20)) console.error(one)
    const [early, late] = memoryMb
    return [
      { fact: `${requests} hostile bodies (${JSON.stringify(statuses)})`, holds: requests >= asked },
      { fact: `${wrong.length} wrong answers`, holds: wrong.length === 0 },
      { fact: `slowest ${slowestMs.toFixed(0)} ms`, holds: slowestMs < 5000 },
      {
        fact: `memory ${early.toFixed(0)} MB, then ${late.toFixed(0)} MB`,
        holds: late - early < growthLimitMb,
      },
    ]
  },
}

if (import.meta.main) {
  const findings = await fuzzLine.check()
  console.log(findings.map(({ fact }) => fact).join('; '))
  process.exitCode = findings.every(({ holds }) => holds) ? 0 : 1
}
