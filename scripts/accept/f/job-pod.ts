import { untilReady } from '../c/until-ready.ts'
import { type RunningPod, startPod } from '../start-pod.ts'

const token = 'a-token-for-acceptance'

export interface JobPod extends RunningPod {
  /** The token that reads and changes need. */
  readonly headers: Readonly<Record<string, string>>
  /** Makes a job. */
  job(name: string): Promise<MadeJob>
}

export interface MadeJob {
  readonly id: string
  readonly token: string
  /** Where it is read. */
  readonly url: string
}

/** A pod in which jobs can be made; settles when it is ready. */
export async function startJobPod(variables: NodeJS.ProcessEnv = {}): Promise<JobPod> {
  const pod = await startPod({ API_TOKEN: token, ...variables })
  await untilReady(pod.url)
  const headers = { authorization: `Bearer ${token}` }
  return {
    ...pod,
    headers,
    async job(name) {
      const body = JSON.stringify({ name })
      const response = await fetch(`${pod.url}/api/training/jobs`, { method: 'POST', headers, body })
      if (response.status !== 201) throw new Error(`no job: ${response.status} ${await response.text()}`)
      const made = (await response.json()) as { id: string; job_token: string } // the route's schema
      return { id: made.id, token: made.job_token, url: `${pod.url}/api/training/jobs/${made.id}` }
    },
  }
}
