import type { Line } from '../line.ts'
import { median } from '../median.ts'
import { type JobPod, type MadeJob, startJobPod } from './job-pod.ts'
import { reportedAt } from './post-points.ts'

const pointsPerPost = 10_000
const limitMs = 200
const reads = 5

/** Reports the steps 1 to `count` of a job. */
export async function fill({ url, token }: MadeJob, count: number): Promise<void> {
  for (let first = 1; first <= count; first += pointsPerPost) {
    const length = Math.min(pointsPerPost, count - first + 1)
    const body = JSON.stringify(Array.from({ length }, (_none, at) => reportedAt(first + at)))
    const response = await fetch(`${url}/metrics`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body,
    })
    if (response.status !== 200) throw new Error(`not taken: ${response.status} ${await response.text()}`)
  }
}

/** The median time of a read, and how many points it answered. */
export async function timeRead({ headers }: JobPod, url: string): Promise<{ ms: number; points: number }> {
  const times: number[] = []
  let points = 0
  for (let read = 0; read < reads; read += 1) {
    const startedMs = performance.now()
    const answer = (await (await fetch(url, { headers })).json()) as { metrics: unknown[] } // the route's schema
    times.push(performance.now() - startedMs)
    points = answer.metrics.length
  }
  return { ms: median(times), points }
}

/** A job of 1,000,000 points, read as a page reads it. */
export const millionLine: Line = {
  title: '1,000,000 points',
  async check() {
    const pod = await startJobPod({ START_INFERENCE_API: '0' })
    try {
      const job = await pod.job('a million')
      const startedMs = performance.now()
      await fill(job, 1_000_000)
      const filled = `taken in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`
      const queries = [
        'points=1000&keys=loss',
        'points=2000&keys=loss,eval_loss',
        'points=2000',
        'points=1000&since=500000',
      ]
      const findings = []
      for (const query of queries) {
        const { ms, points } = await timeRead(pod, `${job.url}/metrics?${query}`)
        findings.push({ fact: `${query}: ${points} points in ${ms.toFixed(0)} ms`, holds: ms < limitMs })
      }
      return [{ fact: filled, holds: true }, ...findings]
    } finally {
      await pod.end()
    }
  },
}
