import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { stillAlive } from '../../fixtures/boot/family.ts'
import { figures } from '../../fixtures/boot/figures.ts'
import { type Podmate, startPodmate, startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { ask } from '../../fixtures/http/ask.ts'
import { limitMs } from '../../fixtures/limit.ts'
import { bindfs, noBindfs, noMounts, tmpfs } from '../../fixtures/state/mounts.ts'

const withoutBindfs = noBindfs()
const withoutMounts = noMounts()
const patient = { timeout: 60_000 }
const question = { method: 'POST', path: '/infer', body: '{"context":["e2e4","e7e5"]}' }
const times = 'timings/runpod_phase_times.jsonl'

describe('podmate whose state folder hangs', () => {
  beforeEach(({ skip }) => skip(withoutBindfs !== undefined, withoutBindfs))

  test('answers /healthz at once and /infer, says so in /status, and loses no record', async () => {
    const { mounted, real, process: server } = await bindfs()
    const pod = startPodmate({ POD_STATE_DIR: join(mounted, 'state') })
    const url = await pod.url()
    await expect.poll(() => pod.state('inference'), patient).toBe('ready')
    await expect.poll(() => pod.state('state'), patient).toBe('ready')

    server.kill('SIGSTOP')
    await restartInference(pod)
    await expect
      .poll(() => stateReason(pod), patient)
      .toBe(`volume does not answer (${mounted}/state/pod-of-a-test)`)
    await restartInference(pod)
    const answersMs = await timesOf(100, () => ask(url, { path: '/healthz' }))
    const inferMs = await timesOf(10, () => ask(url, question))
    figures('a hung volume', {
      '/healthz median, ms': middle(answersMs),
      'slowest, ms': middle([Math.max(...answersMs)]),
      '/infer median, ms': middle(inferMs),
    })
    expect(middle(answersMs)).toBeLessThan(limitMs(50))
    expect((await pod.ask('/readyz')).json().failing).toMatchObject([{ service: 'state', state: 'degraded' }])

    server.kill('SIGCONT')
    await expect.poll(() => pod.state('state'), patient).toBe('ready')
    const loads = () =>
      readFileSync(join(real, 'state/pod-of-a-test', times), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter(({ phase, status }) => phase === 'inference' && status === 'ready')
    await expect.poll(() => loads().length, patient).toBe(3)
    expect((await pod.ask('/readyz')).status).toBe(200)
    expect(await pod.stop()).toMatchObject({ code: 0, signal: null })
  })

  test('ends within its budget while it hangs, and leaves no process', async () => {
    const { mounted, process: server } = await bindfs()
    const pod = startWithoutModel({ POD_STATE_DIR: join(mounted, 'state'), TRAIN_COMMAND: 'exec sleep 1000' })
    await expect.poll(() => pod.state('trainer'), patient).toBe('ready')
    const family = pod.family()
    server.kill('SIGSTOP')
    const askedMs = performance.now()
    const end = await pod.stop()
    figures('the end on a hung volume', { ms: Math.round(end.atMs - askedMs) })
    expect(end).toMatchObject({ code: 0, signal: null })
    expect(end.atMs - askedMs).toBeLessThan(limitMs(9000))
    expect(stillAlive(family)).toEqual([])
    expect(pod.messages('podmate').join('\n')).toContain('the shutdown report was not written')
  })

  test('comes up although it hangs from the start, with the repository on it, and takes it up when it is back', async () => {
    const { mounted, process: server } = await bindfs()
    mkdirSync(join(mounted, 'repo'))
    server.kill('SIGSTOP')
    const pod = startPodmate({
      POD_STATE_DIR: join(mounted, 'state'),
      REPO_DIR: join(mounted, 'repo'),
      TRAIN_COMMAND: 'pwd; exec sleep 1000',
    })
    const url = await pod.url()
    await expect.poll(() => stateReason(pod), patient).toContain('volume does not answer')
    expect((await ask(url, { path: '/healthz' })).status).toBe(200)
    server.kill('SIGCONT')
    await expect.poll(() => pod.state('state'), patient).toBe('ready')
    await expect.poll(() => pod.state('inference'), patient).toBe('ready')
    await pod.line(`"${join(mounted, 'repo')}"`)
    const family = pod.family()
    server.kill('SIGSTOP')
    expect(await pod.stop()).toMatchObject({ code: 0, signal: null })
    expect(stillAlive(family)).toEqual([])
  })
})

describe('podmate whose state folder cannot be written', () => {
  beforeEach(({ skip }) => skip(withoutMounts !== undefined, withoutMounts))

  test('goes on when it is full, says so, and writes what waited when there is space again', async () => {
    const dir = tmpfs(1024)
    const pod = startPodmate({ POD_STATE_DIR: dir })
    const url = await pod.url()
    await expect.poll(() => pod.state('inference'), patient).toBe('ready')
    await expect.poll(() => pod.state('state'), patient).toBe('ready')
    const { bavail, bsize } = statfsSync(dir)
    writeFileSync(join(dir, 'fill'), Buffer.alloc(bavail * bsize))
    // A record is shorter than what is left of the last block of its file: many are needed.
    await restartUntil(pod, async () => (await pod.state('state')) === 'degraded')
    expect(await stateReason(pod)).toContain('is full; free some space')
    expect((await ask(url, { path: '/healthz' })).status).toBe(200)
    expect((await ask(url, question)).status).toBe(200)
    rmSync(join(dir, 'fill'))
    await expect.poll(() => pod.state('state'), patient).toBe('ready')
    expect(await pod.stop()).toMatchObject({ code: 0, signal: null })
    expect(JSON.parse(pod.kept('last-shutdown.json'))).toMatchObject({ reason: 'SIGTERM' })
  })

  test('goes on when it is read-only, says so, and takes it up when it can be written', async () => {
    const dir = tmpfs(1024)
    execFileSync('mount', ['-o', 'remount,ro', dir])
    const pod = startPodmate({ POD_STATE_DIR: dir })
    const url = await pod.url()
    await expect.poll(() => pod.state('inference'), patient).toBe('ready')
    await expect.poll(() => stateReason(pod), patient).toContain('is on a read-only file system')
    expect((await ask(url, question)).status).toBe(200)
    execFileSync('mount', ['-o', 'remount,rw', dir])
    await expect.poll(() => pod.state('state'), patient).toBe('ready')
    expect(pod.kept('owner.json')).toContain(`"pid":${pod.pid}`)
    expect(await pod.stop()).toMatchObject({ code: 0, signal: null })
  })
})

async function stateReason(pod: Podmate): Promise<string> {
  return (await pod.service('state'))?.reason ?? ''
}

/** Makes podmate keep a record, of the model that is loaded again. */
async function restartInference(pod: Podmate): Promise<void> {
  const answer = await pod.ask({ method: 'POST', path: '/services/inference/restart' })
  expect(answer.json()).toEqual({ ok: true, message: 'inference is ready' })
}

async function restartUntil(pod: Podmate, holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await restartInference(pod)
}

async function timesOf(
  count: number,
  job: () => Promise<{ readonly status: number }>,
): Promise<readonly number[]> {
  const times: number[] = []
  for (let asked = 0; asked < count; asked += 1) {
    const startMs = performance.now()
    expect((await job()).status).toBe(200)
    times.push(performance.now() - startMs)
  }
  return times
}

/** The median, with a tenth of a millisecond. */
function middle(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b)
  return Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) * 10) / 10
}
