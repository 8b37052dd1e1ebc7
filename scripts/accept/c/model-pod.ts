import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { PodStatus } from '../../../supervisor/status.ts'
import { modelFor, type OpeningMove } from '../../../test/fixtures/inference/model-for.ts'
import { startPod } from '../start-pod.ts'
import { untilReady } from './until-ready.ts'

const patienceMs = 90_000
const pollMs = 10

/** A model that answers now. */
export interface ServedNow {
  readonly generation: number
  readonly model_path: string
}

/** A whole pod that serves from a folder of its own. */
export interface ModelPod {
  readonly pid: number
  readonly url: string
  /** Requests to it need this. */
  readonly headers: Readonly<Record<string, string>>
  /** Puts a model that plays `move` into the folder, whole; gives its path. */
  put(name: string, move: OpeningMove): string
  /** Asks for this model; settles when it is served. */
  use(path: string): Promise<void>
  /** Settles when this holds for what is served. */
  until(holds: (served: ServedNow) => boolean): Promise<ServedNow>
  hostPid(): Promise<number>
  end(): Promise<void>
}

export async function modelPod(): Promise<ModelPod> {
  const folder = mkdtempSync(join(tmpdir(), 'podmate-models-'))
  const token = 'token-of-the-acceptance'
  const pod = await startPod({ ARTIFACT_DIRS: folder, API_TOKEN: token, INFERENCE_API_DEVICE: 'cpu' })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const get = async (path: string) => (await fetch(new URL(path, pod.url), { headers })).json()
  await untilReady(pod.url)
  return {
    ...{ pid: pod.process.pid ?? 0, url: pod.url, headers },
    put(name, move) {
      const path = join(folder, name)
      writeFileSync(join(folder, '.part'), modelFor(move))
      renameSync(join(folder, '.part'), path)
      return path
    },
    async use(path) {
      const body = JSON.stringify({ path })
      const response = await fetch(new URL('/model', pod.url), { method: 'POST', headers, body })
      if (!response.ok) throw new Error(`POST /model answered ${response.status}: ${await response.text()}`)
    },
    async until(holds) {
      const deadline = performance.now() + patienceMs
      for (;;) {
        const served = (await get('/healthz')) as ServedNow // what /healthz says
        if (holds(served)) return served
        if (performance.now() > deadline) throw new Error(`not served in time: ${JSON.stringify(served)}`)
        await pause(pollMs)
      }
    },
    async hostPid() {
      const { services } = (await get('/status')) as PodStatus // of the same version
      return Number(services.inference?.details?.host_pid)
    },
    async end() {
      await pod.end()
      rmSync(folder, { recursive: true })
    },
  }
}
