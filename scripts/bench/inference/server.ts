import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { firstAnswer, firstQuestion } from '../../accept/first-answer.ts'
import { freePort } from '../../accept/free-port.ts'
import { root } from '../../accept/root.ts'
import { startPod } from '../../accept/start-pod.ts'

const startMs = 60_000

/** One of the two that are compared, ready to answer /infer. */
export interface Server {
  readonly name: 'ours' | 'peer'
  readonly port: number
  /** The root of its process tree. */
  readonly pid: number
  end(): Promise<void>
}

/** Podmate as `npm start` starts it. */
export async function startOurs(checkpoint: string): Promise<Server> {
  const pod = await startPod({ INFERENCE_API_MODEL_PATH: checkpoint })
  try {
    await ready(pod.process, `${pod.url}/infer`, firstQuestion)
    const { port } = new URL(pod.url)
    return { name: 'ours', port: Number(port), pid: pod.process.pid ?? 0, end: pod.end }
  } catch (error) {
    await pod.end()
    throw error
  }
}

/** How the peer uses the cores: threads of torch, and where it runs the model. */
export interface PeerForm {
  readonly threads: number
  /** On its event loop, or in a pool of threads. */
  readonly runsIn: 'loop' | 'pool'
}

export interface PeerOptions {
  readonly python: string
  readonly checkpoint: string
  readonly form: PeerForm
}

/** The plain FastAPI server of peer/app.py. */
export async function startPeer({ python, checkpoint, form }: PeerOptions): Promise<Server> {
  const port = await freePort()
  const app = join(root, 'scripts/bench/peer/app.py')
  const child = spawn(python, [app, checkpoint, `${port}`, `${form.threads}`, form.runsIn], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = once(child, 'exit')
  const end = async () => {
    child.kill('SIGKILL') // it has nothing to save
    await ended
  }
  try {
    await ready(child, `http://127.0.0.1:${port}/healthz`)
    return { name: 'peer', port, pid: child.pid ?? 0, end }
  } catch (error) {
    await end()
    throw error
  }
}

/** Waits for its first answer, which both give when the model is loaded and warm. */
async function ready(child: ChildProcess, url: string, body?: string): Promise<void> {
  const gone = new AbortController()
  child.once('exit', (code) =>
    gone.abort(new Error(`${child.spawnfile} ended with ${code} before it answered`)),
  )
  await firstAnswer(url, body, AbortSignal.any([gone.signal, AbortSignal.timeout(startMs)]))
}
