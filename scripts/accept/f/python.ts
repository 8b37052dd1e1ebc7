import { MetricsServer } from '../../../test/fixtures/lora/metrics-server.ts'
import { loraPython, noLora } from '../../../test/fixtures/lora/tiny-training.ts'
import type { Finding, Line } from '../line.ts'
import { root } from '../root.ts'
import { runProgram } from '../run-program.ts'
import { startJobPod } from './job-pod.ts'

const awayMs = 60_000
const minutes = 10

interface Step {
  readonly step: number
  /** When the step ended, seconds since the training began. */
  readonly at: number
}

/** Trains with Hugging Face's Trainer for so many seconds; gives when each step ended. */
async function train(
  python: string,
  seconds: number,
  variables: NodeJS.ProcessEnv,
): Promise<readonly Step[]> {
  const env = { PATH: process.env.PATH, HF_HUB_OFFLINE: '1', OMP_NUM_THREADS: '1', ...variables }
  const { code, output } = await runProgram(
    python,
    ['test/fixtures/lora/timed_trainer.py', String(seconds)],
    { cwd: root, env, timeoutMs: minutes * 60_000 },
  )
  const steps = output.split('\n').flatMap((line) => {
    const [, step, at] = /^step (\d+) ([\d.]+)$/.exec(line) ?? []
    return step && at ? [{ step: Number(step), at: Number(at) }] : []
  })
  if (code !== 0) throw new Error(`the training ended with ${code}: ${output.slice(-500)}`)
  return steps
}

/** Every step of a Trainer arrives at podmate itself. */
async function toPodmate(python: string): Promise<readonly Finding[]> {
  const pod = await startJobPod({ START_INFERENCE_API: '0' })
  try {
    const { id, token, url } = await pod.job('Trainer')
    const METRICS_API_URL = `${pod.url}/api/training/jobs`
    const steps = await train(python, 5, { JOB_ID: id, JOB_TOKEN: token, METRICS_API_URL })
    const answer = await fetch(`${url}/metrics`, { headers: pod.headers })
    const { metrics } = (await answer.json()) as {
      metrics: readonly { step: number; loss?: number | null }[]
    } // the route's schema
    const taken = metrics.filter(({ loss }) => typeof loss === 'number').map(({ step }) => step)
    const isEvery = taken.length === steps.length && taken.every((step, at) => step === at + 1)
    return [{ fact: `podmate has ${taken.length} of ${steps.length} steps with a loss`, holds: isEvery }]
  } finally {
    await pod.end()
  }
}

/** The server is away for a minute in the middle; a training that reports nothing runs beside, on the same busy machine. */
async function throughAnAbsence(python: string): Promise<readonly Finding[]> {
  const server = new MetricsServer()
  await server.come()
  const seconds = { before: 30, away: awayMs / 1000, after: 35 }
  let goneAt = 0
  const leave = setTimeout(() => {
    goneAt = server.steps.length
    void server.goAway()
  }, seconds.before * 1000)
  const back = setTimeout(() => void server.come(), seconds.before * 1000 + awayMs)
  try {
    const length = seconds.before + seconds.away + seconds.after
    const [steps, others] = await Promise.all([
      train(python, length, server.environment),
      train(python, length, {}),
    ])
    const share = (from: number, to: number) => countIn(steps, from, to) / countIn(others, from, to)
    const [before, away] = [
      share(2, seconds.before - 10),
      share(seconds.before + 2, length - seconds.after - 10),
    ]
    const isInOrder = server.steps.every((step, at) => step === at + 1)
    return [
      {
        fact: `${steps.length} steps, the server away for ${seconds.away} s after ${goneAt}`,
        holds: goneAt > 0,
      },
      {
        fact: `meanwhile ${away.toFixed(2)} of the steps of a training without reports, ${before.toFixed(2)} before (goal 0.9 of that)`,
        holds: away >= 0.9 * before,
      },
      {
        fact: `${server.steps.length} steps arrived, ${isInOrder ? 'in order' : 'not in order'}`,
        holds: isInOrder && server.steps.length === steps.length,
      },
    ]
  } finally {
    clearTimeout(leave)
    clearTimeout(back)
    await server.goAway()
  }
}

function countIn(steps: readonly Step[], from: number, to: number): number {
  return steps.filter(({ at }) => at >= from && at < to).length
}

/** Hugging Face's Trainer reports every step, also when nobody takes them for a minute. */
export const pythonLine: Line = {
  title: 'Hugging Face Trainer',
  async check() {
    const python = loraPython()
    if (python === undefined) return [{ fact: noLora, holds: false }]
    return [...(await toPodmate(python)), ...(await throughAnAbsence(python))]
  },
}
