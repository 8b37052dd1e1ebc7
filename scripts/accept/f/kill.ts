import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Line } from '../line.ts'
import { type MadeJob, startJobPod } from './job-pod.ts'
import { postUntil } from './post-points.ts'

const clients = 16
const pointsPerPost = 5

/** What came of KILLs while points came in. */
export interface Kills {
  readonly acknowledged: number
  readonly lost: number
  readonly twice: number
}

/** KILLs podmate again and again at some moment while clients post, and looks at the end what is there. */
export async function killWhilePosting(kills: number): Promise<Kills> {
  const state = mkdtempSync(join(tmpdir(), 'podmate-kills-'))
  const acknowledged: number[] = []
  let job: MadeJob | undefined
  let step = 0
  try {
    for (let kill = 0; kill < kills; kill += 1) {
      const pod = await startJobPod({ POD_STATE_DIR: state, START_INFERENCE_API: '0' })
      job = { ...(job ?? (await pod.job('killed'))), url: '' }
      job = { ...job, url: `${pod.url}/api/training/jobs/${job.id}` }
      const next = () => {
        const steps = Array.from({ length: pointsPerPost }, () => {
          step += 1
          return step
        })
        return { steps, text: JSON.stringify(steps.map((at) => ({ step: at, loss: at / 2 }))) }
      }
      const posting = postUntil(job, clients, next, AbortSignal.timeout(20_000))
      await pause(200 + ((kill * 137) % 600))
      const exited = once(pod.process, 'exit')
      pod.process.kill('SIGKILL')
      await exited
      acknowledged.push(...(await posting).flat())
      rmSync(pod.folder, { recursive: true, force: true })
    }
    return { acknowledged: acknowledged.length, ...(await compare(state, job, acknowledged)) }
  } finally {
    rmSync(state, { recursive: true, force: true })
  }
}

async function compare(state: string, job: MadeJob | undefined, acknowledged: readonly number[]) {
  const pod = await startJobPod({ POD_STATE_DIR: state, START_INFERENCE_API: '0' })
  try {
    const answer = await fetch(`${pod.url}/api/training/jobs/${job?.id}/metrics`, { headers: pod.headers })
    const { metrics } = (await answer.json()) as { metrics: { step: number; loss: number }[] } // the route's schema
    const kept = new Set(metrics.filter(({ step, loss }) => loss === step / 2).map(({ step }) => step))
    return { lost: acknowledged.filter((one) => !kept.has(one)).length, twice: metrics.length - kept.size }
  } finally {
    await pod.end()
  }
}

/** KILL during ingest. */
export const ingestKillLine: Line = {
  title: 'KILL of podmate while metrics come in',
  async check() {
    const { acknowledged, lost, twice } = await killWhilePosting(20)
    return [
      { fact: `20 kills, ${acknowledged} points acknowledged`, holds: acknowledged > 0 },
      { fact: `${lost} of them lost`, holds: lost === 0 },
      { fact: `${twice} there twice or changed`, holds: twice === 0 },
    ]
  },
}
