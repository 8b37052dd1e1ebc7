import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { scriptedGpu } from '../../../test/fixtures/gpu/scripted-gpu.ts'
import { untilReady } from '../c/until-ready.ts'
import type { Finding, Line } from '../line.ts'
import { type RunningPod, startPod } from '../start-pod.ts'
import { cpuSecondsOfFamily } from './cpu-seconds.ts'

const token = 'a-token-of-the-acceptance-list'
const allowedPercent = 0.5
/** The sampler, and the watchdog that reads it. */
const measured = ['telemetry', 'autostop']

/** Full size: 60 s with both, 60 s without. */
export const cost: Line = {
  title: 'cost of sampler and watchdog',
  check: () => samplingIsCheap({ settleMs: 15_000, measureMs: 60_000 }),
}

export interface CostMeasurement {
  /** What a start still does after it is ready. */
  readonly settleMs: number
  readonly measureMs: number
}

/** Compares the CPU of an idle pod with what it uses after the sampler and the watchdog were stopped. */
export async function samplingIsCheap({ settleMs, measureMs }: CostMeasurement): Promise<readonly Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'podmate-accept-gpu-'))
  const gpu = scriptedGpu(folder)
  gpu.answers(...Array.from({ length: 8 }, (_, index) => ({ utilPercent: index })))
  const pod = await startPod({
    ...{ PATH: `${gpu.binDir}:${process.env.PATH}`, START_INFERENCE_API: '0', API_TOKEN: token },
    ...{ RUNPOD_GPU_COUNT: '8', START_IDLE_WATCHDOG: '1', AUTOSTOP_ACTION: 'none' },
  })
  try {
    await untilReady(pod.url)
    await pause(settleMs)
    const present = await servicesOf(pod)
    const withBoth = await cpuPercent(pod, measureMs)
    for (const name of measured.filter((one) => present.includes(one))) await stopService(pod, name)
    const without = await cpuPercent(pod, measureMs)
    const percent = withBoth - without
    const missing = measured.filter((name) => !present.includes(name))
    return [
      {
        fact: `${percent.toFixed(2)} % of a core (pod ${withBoth.toFixed(2)} % with, ${without.toFixed(2)} % without; 8 scripted GPUs)`,
        holds: percent < allowedPercent,
      },
      ...missing.map((name) => ({ fact: `${name} did not run`, holds: false })),
    ]
  } finally {
    await pod.end()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function servicesOf(pod: RunningPod): Promise<readonly string[]> {
  const answer = await fetch(`${pod.url}/status`, { headers: { authorization: `Bearer ${token}` } })
  const { services } = (await answer.json()) as { services: Record<string, unknown> } // tested elsewhere
  return Object.keys(services)
}

async function stopService(pod: RunningPod, name: string): Promise<void> {
  const answer = await fetch(`${pod.url}/services/${name}/stop`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  })
  if (!answer.ok) throw new Error(`${name} could not be stopped: ${await answer.text()}`)
}

/** Of one core, over `ms` milliseconds. */
async function cpuPercent(pod: RunningPod, ms: number): Promise<number> {
  const pid = pod.process.pid ?? 0
  const startedMs = performance.now()
  const before = cpuSecondsOfFamily(pid)
  await pause(ms)
  const seconds = (performance.now() - startedMs) / 1000
  return ((cpuSecondsOfFamily(pid) - before) / seconds) * 100
}
