import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { startHub, tokens } from '../../fakes/hub.ts'
import { startRunpod } from '../../fakes/runpod.ts'
import {
  busyGpu,
  type HoldPhase,
  hold,
  runningCell,
  slowly,
  training,
  trainWhile,
  typing,
  upload,
} from '../../fixtures/autostop/hold-phases.ts'
import { type WatchedPod, watchedPod } from '../../fixtures/autostop/watched-pod.ts'
import { figures } from '../../fixtures/boot/figures.ts'
import { freePort } from '../../fixtures/jupyter/free-port.ts'
import { newKernel } from '../../fixtures/jupyter/notebook.ts'
import { needsDoors } from '../../fixtures/pod/whole-pod.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

/** The kernel tells of typing to 8 s only, so a timeout that it is to keep a pod through must be longer. */
const isWhole = process.env.PODMATE_ACCEPT === '1'
const timeoutSeconds = isWhole ? 12 : 4
const phaseSeconds = Math.ceil(timeoutSeconds * 1.5)
const timeout = 60_000
const doors = { START_JUPYTER: '1', IDLE_TIMEOUT_SECONDS: `${timeoutSeconds}` }

beforeEach(needsDoors)

const passed = async (untilMs: number) =>
  expect.poll(() => performance.now(), { timeout, interval: 100 }).toBeGreaterThan(untilMs)

const stopped = async (watched: WatchedPod) =>
  expect.poll(watched.status, { timeout, interval: 50 }).toBe('EXITED')

/** An idle tab of JupyterLab: its kernel and its websocket. */
async function openTab({ pod: { lab } }: WatchedPod): Promise<void> {
  const path = `/api/kernels/${await newKernel(lab)}/channels?session_id=${randomUUID()}`
  const headers = { authorization: `token ${lab.token}` }
  const socket = new WebSocket(`${lab.address.replace('http', 'ws')}${path}`, { headers })
  await once(socket, 'open')
  onTestFinished(() => socket.close())
}

/** A tunnel, and a connection whose other end has gone without a word. */
async function openTunnels(watched: WatchedPod): Promise<void> {
  const { client, sshPort } = watched.pod
  client.open(sshPort, 'podrunner', '-N', '-L', `${await freePort()}:127.0.0.1:${sshPort}`)
  const dead = client.open(sshPort, 'podrunner', '-N')
  await connected(watched, 2)
  dead.kill('SIGSTOP')
}

/** Waits until so many connections without a terminal are seen. */
async function connected(watched: WatchedPod, count: number): Promise<void> {
  const seen = async () => (await watched.autostop()).signals.find(({ name }) => name === 'ssh')?.evidence
  await expect.poll(seen, { timeout, interval: 200 }).toContain(`${count} idle connections`)
}

/** Asks for the health of the pod every second, as monitors do. */
function monitor({ pod }: WatchedPod): void {
  const paths = ['/healthz', '/readyz', '/metrics', '/status']
  const timer = setInterval(() => {
    for (const path of paths) pod.ask(path).catch(() => {}) // the pod may end first
  }, 1000)
  onTestFinished(() => clearInterval(timer))
}

describe('a pod that nobody uses', () => {
  test('stops, whatever is open, connected, asked and loaded', async () => {
    await using runpod = await startRunpod()
    const watched = await watchedPod(runpod, doors)
    const { pod } = watched
    const release = await hold.begin(watched, 0)
    await pod.allReady(30_000)
    await openTab(watched)
    await openTunnels(watched)
    monitor(watched)
    expect(watched.status()).toBe('RUNNING')
    await release()
    const openMs = performance.now()
    await stopped(watched)
    const tookMs = performance.now() - openMs
    // It stops when RunPod ends its container: until then everything is there.
    expect(await pod.states()).toMatchObject({ sshd: 'ready', jupyter: 'ready', http: 'ready' })
    expect(await watched.autostop()).toMatchObject({
      verdict: 'stopping',
      stop: { step: 'confirm', because: 'idle' },
    })
    figures('nobody uses the pod', {
      'timeout, s': timeoutSeconds,
      'stopped after, s': (tookMs / 1000).toFixed(1),
    })
    await pod.stop()
  }, 180_000)
})

describe('a pod that is used', () => {
  test('goes on for as long as it is used, and stops after the last use', async () => {
    await using runpod = await startRunpod()
    await using hub = await startHub({ multipartAboveBytes: 1e12 })
    hub.faults.add({ fault: 'slow', bytesPerSecond: slowly, on: ['put', 'put-part'], times: 'always' })
    const flags = temporaryFolder()
    chmodSync(flags, 0o755)
    const flag = join(flags, 'trains')
    writeFileSync(flag, '')
    const watched = await watchedPod(runpod, {
      ...doors,
      ...{ HF_REPO_ID: 'pod/run', HF_TOKEN: tokens.write, HF_ENDPOINT: hub.url },
      ...{ HF_SYNC_SETTLE_SECONDS: '0', HF_SYNC_DEBOUNCE_SECONDS: '0', HF_SYNC_INTERVAL_SECONDS: '5' },
      TRAIN_COMMAND: trainWhile(flag),
    })
    const { pod } = watched
    await hold.begin(watched, 0)
    await pod.allReady(30_000)
    const all: readonly HoldPhase[] = [training(flag), runningCell, busyGpu, upload, hold, typing]
    const phases = isWhole ? all : all.filter((phase) => phase !== typing)
    let end: () => unknown = () => {}
    for (const phase of phases) {
      // From one use to the next the pod is held: a slow machine is no idle one.
      const release = await hold.begin(watched, 0)
      await end()
      end = await phase.begin(watched, phaseSeconds + 5)
      const state = async () =>
        (await watched.autostop()).signals.find(({ name }) => name === phase.signal)?.state
      await expect.poll(state, { timeout, interval: 200, message: phase.signal }).toBe('active')
      if (phase !== hold) await release()
      await passed(performance.now() + phaseSeconds * 1000)
      expect(watched.status(), `${phase.signal} did not keep the pod`).toBe('RUNNING')
    }
    await end()
    const leftMs = performance.now()
    await stopped(watched)
    const tookMs = performance.now() - leftMs
    expect([...hub.repo('pod/run').files.keys()].join()).toContain('best.pt')
    figures('after the last use', {
      ...{ 'timeout, s': timeoutSeconds, phases: phases.map(({ signal }) => signal).join(' ') },
      ...{ 'each, s': phaseSeconds, 'stopped after, s': (tookMs / 1000).toFixed(1) },
    })
    await pod.stop()
  }, 300_000)
})
