import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { askingClients } from '../c/asking-clients.ts'
import type { Line } from '../line.ts'
import { median } from '../median.ts'
import { type JobPod, startJobPod } from './job-pod.ts'
import { postUntil, reportedAt } from './post-points.ts'

const run = promisify(execFile)
const rounds = 5
const roundMs = 2000
const goals = { posts: 1000, points: 20_000, share: 1 / 3 }
const singleClients = 64
const arrayClients = 2
const pointsPerArray = 1000

/** Points per second that were acknowledged, beside those of SQLite alone in the same minute. */
export interface Rates {
  readonly ours: readonly number[]
  readonly bare: readonly number[]
}

/** Posts arrays of `perPost` points (1: single objects) in rounds, each followed by the same rows without us. */
export async function measureIngest(
  pod: JobPod,
  clients: number,
  perPost: number,
  times = rounds,
  ms = roundMs,
): Promise<Rates> {
  const rates = { ours: [] as number[], bare: [] as number[] }
  for (let round = 0; round < times; round += 1) {
    const job = await pod.job(`round ${round}`)
    let step = 0
    const startedMs = performance.now()
    const acknowledged = await postUntil(
      job,
      clients,
      () => {
        const points = Array.from({ length: perPost }, () => {
          step += 1
          return reportedAt(step)
        })
        return { steps: perPost, text: JSON.stringify(perPost === 1 ? points[0] : points) }
      },
      AbortSignal.timeout(ms),
    )
    const points = acknowledged.reduce((sum, count) => sum + count, 0)
    rates.ours.push((points / (performance.now() - startedMs)) * 1000)
    rates.bare.push(await bareBeside(clients * perPost, ms / 2))
  }
  return rates
}

/** SQLite alone in a process of its own, so that whoever asks for moves asks on. */
async function bareBeside(perCommit: number, ms: number): Promise<number> {
  const program = fileURLToPath(new URL('bare-program.ts', import.meta.url))
  const { stdout } = await run(process.execPath, [program, `${perCommit}`, `${ms}`])
  return Number(stdout)
}

/** Single posts and arrays beside people who ask for moves. */
export const ingestLine: Line = {
  title: 'ingest',
  async check() {
    const pod = await startJobPod()
    const over = new AbortController()
    try {
      const asked = { url: pod.url, headers: pod.headers } as Parameters<typeof askingClients>[0] // all that it reads
      const { heard, ended } = askingClients(asked, 2, over.signal)
      const startedMs = performance.now()
      const single = await measureIngest(pod, singleClients, 1)
      const arrays = await measureIngest(pod, arrayClients, pointsPerArray)
      const seconds = (performance.now() - startedMs) / 1000
      over.abort()
      await ended
      return [
        ...judged(`single posts (${singleClients} at a time)`, single, goals.posts),
        ...judged(`points in arrays of ${pointsPerArray} (${arrayClients} at a time)`, arrays, goals.points),
        {
          fact: `beside ${(heard.answers / seconds).toFixed(0)} answers/s of /infer, ${heard.failures.length} failed`,
          holds: heard.answers > 0 && heard.failures.length === 0,
        },
      ]
    } finally {
      over.abort()
      await pod.end()
    }
  },
}

function judged(what: string, { ours, bare }: Rates, goal: number) {
  const [us, them] = [median(ours), median(bare)]
  const share = us / them
  return [
    { fact: `${what}: ${us.toFixed(0)}/s (goal ${goal})`, holds: us >= goal },
    {
      fact: `${share.toFixed(2)} of SQLite alone (${them.toFixed(0)}/s; goal ${goals.share.toFixed(2)})`,
      holds: share >= goals.share,
    },
  ]
}
