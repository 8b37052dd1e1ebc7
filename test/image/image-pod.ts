import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect, onTestFinished } from 'vitest'
import { descendants, listProcesses, type ProcessEntry } from '../../supervisor/process-table.ts'
import type { PodStatus, ServiceStatus } from '../../supervisor/status.ts'
import type { Answer } from '../fixtures/sshd/ssh-client.ts'
import { temporaryFolder } from '../fixtures/state/temporary-folder.ts'
import { image, imageEnv } from './image.ts'

const bootScript = join(import.meta.dirname, 'boot.sh')

/** How a container is made of the image. */
export interface ImagePlan {
  readonly env?: Readonly<Record<string, string>>
  /** What lies at /workspace; by default nothing is mounted there. */
  readonly volume?: string
  /** Shell words that are run in its root before the start. */
  readonly prepare?: string
}

export const address = 'http://127.0.0.1:8000'

/** A container of the image; whatever happens to the test, nothing is left of it afterwards. */
export class ImagePod {
  readonly lines: string[] = []
  /** `performance.now()` when PID 1 began, and when the container was over. */
  readonly booted: Promise<number>
  readonly ended: Promise<{ readonly code: number | null; readonly atMs: number }>
  readonly #process: ChildProcess
  readonly #env: Readonly<Record<string, string>>

  constructor({ env = {}, volume, prepare = ':' }: ImagePlan = {}) {
    this.#env = { HOME: '/root', HOSTNAME: 'pod-of-a-test', ...imageEnv, ...env }
    const mount = volume === undefined ? ':' : `mount -n --bind '${volume}' workspace`
    const boot = [bootScript, image.root, temporaryFolder(), `${mount}; ${prepare}`]
    const words = ['--mount', '--pid', '--fork', '--kill-child', '/bin/sh', ...boot]
    this.#process = spawn('unshare', [...words, ...image.config.Entrypoint], {
      env: { ...this.#env, PATH: `${imageEnv.PATH}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    this.booted = promise
    promise.catch(() => {}) // told to whoever waits for it
    this.#collect('stdout', () => resolve(performance.now()))
    this.#collect('stderr')
    this.ended = once(this.#process, 'exit').then(([code]) => ({ code, atMs: performance.now() }))
    void this.ended.then(() => reject(new Error(`not booted: ${this.lines.join(' ')}`)))
    onTestFinished(async () => {
      this.#process.kill('SIGKILL')
      await this.ended
    })
  }

  /** PID 1, as this machine counts. */
  get init(): number {
    const { pid } = this.#process
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim())
  }

  /** All that runs in it but PID 1, as this machine counts; zombies apart. */
  processes(): readonly ProcessEntry[] {
    return descendants(this.init, listProcesses())
  }

  /** Runs a shell script in it, as `docker exec` does. */
  async exec(script: string): Promise<Answer> {
    const enter = ['--target', `${this.init}`, '--mount', '--pid', '--root', '--wd=/']
    const child = spawn('nsenter', [...enter, '/bin/sh', '-c', script], {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [out, err, [code]] = await Promise.all([
      buffer(child.stdout),
      buffer(child.stderr),
      once(child, 'close'),
    ])
    return { code, out: String(out), err: String(err) }
  }

  async status(): Promise<PodStatus> {
    const answer = await fetch(`${address}/status`)
    return (await answer.json()) as PodStatus // the schema of /status is tested elsewhere
  }

  /** Undefined while nothing answers. */
  async service(name: string): Promise<ServiceStatus | undefined> {
    return (await this.status().catch(() => undefined))?.services[name]
  }

  /** Waits until these services are ready. */
  async ready(...names: readonly string[]): Promise<void> {
    const state = async (name: string) => (await this.service(name))?.state
    const states = async () => Promise.all(names.map(state))
    await expect
      .poll(states, { timeout: 60_000, interval: 100, message: this.lines.slice(-40).join('\n') })
      .toEqual(names.map(() => 'ready'))
  }

  /** What `docker stop` does; gives how it ended and in how many milliseconds. */
  async stop(): Promise<{ readonly code: number | null; readonly tookMs: number }> {
    const startMs = performance.now()
    process.kill(this.init, 'SIGTERM')
    const { code, atMs } = await this.ended
    return { code, tookMs: atMs - startMs }
  }

  #collect(stream: 'stdout' | 'stderr', onFirst = () => {}): void {
    let rest = ''
    this.#process[stream]?.setEncoding('utf8').on('data', (chunk) => {
      onFirst()
      const parts = `${rest}${chunk}`.split('\n')
      rest = parts.pop() ?? ''
      this.lines.push(...parts)
    })
  }
}
