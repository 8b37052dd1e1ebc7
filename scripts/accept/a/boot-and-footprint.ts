import { setTimeout as pause } from 'node:timers/promises'
import { firstAnswer, firstQuestion } from '../first-answer.ts'
import type { Finding, Line } from '../line.ts'
import { median } from '../median.ts'
import { processUsage } from '../process-usage.ts'
import { startPod } from '../start-pod.ts'

const starts = 5
const idleSeconds = 60
const limits = { healthMs: 1000, inferMs: 2500, supervisorMb: 120, idlePercent: 1 }

/** How long a start takes, and what a pod that does nothing costs. */
export const bootAndFootprint: Line = {
  title: 'boot and footprint',
  async check() {
    return [...(await bootTimes()), ...(await footprint())]
  },
}

async function bootTimes(): Promise<readonly Finding[]> {
  const times: { healthMs: number; inferMs: number }[] = []
  for (let start = 0; start < starts; start += 1) times.push(await oneBoot())
  const healthMs = median(times.map((time) => time.healthMs))
  const inferMs = median(times.map((time) => time.inferMs))
  return [
    {
      fact: `start to /healthz ${seconds(healthMs)} (median of ${starts})`,
      holds: healthMs < limits.healthMs,
    },
    { fact: `start to first /infer ${seconds(inferMs)}`, holds: inferMs < limits.inferMs },
  ]
}

async function oneBoot(): Promise<{ healthMs: number; inferMs: number }> {
  const pod = await startPod()
  const tooLate = AbortSignal.timeout(30_000)
  try {
    await firstAnswer(`${pod.url}/healthz`, undefined, tooLate)
    const healthMs = performance.now() - pod.startedMs
    await firstAnswer(`${pod.url}/infer`, firstQuestion, tooLate)
    return { healthMs, inferMs: performance.now() - pod.startedMs }
  } finally {
    await pod.end()
  }
}

async function footprint(): Promise<readonly Finding[]> {
  const pod = await startPod()
  try {
    await firstAnswer(`${pod.url}/infer`, firstQuestion, AbortSignal.timeout(30_000))
    const pid = pod.process.pid ?? 0
    await pause(5000) // what a start leaves to do
    const before = processUsage(pid)
    await pause(idleSeconds * 1000)
    const after = processUsage(pid)
    const percent = ((after.cpuSeconds - before.cpuSeconds) / idleSeconds) * 100
    return [
      {
        fact: `supervisor ${Math.round(after.supervisorMb)} MB`,
        holds: after.supervisorMb <= limits.supervisorMb,
      },
      { fact: `all ${after.processes} processes ${Math.round(after.treeMb)} MB`, holds: true },
      {
        fact: `idle ${percent.toFixed(2)} % of a core over ${idleSeconds} s`,
        holds: percent < limits.idlePercent,
      },
    ]
  } finally {
    await pod.end()
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}
