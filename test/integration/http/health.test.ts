import { expect, test } from 'vitest'
import { ask } from '../../fixtures/http/ask.ts'
import { bringUp, fakePod } from '../../fixtures/http/fake-pod.ts'
import { useHttp } from '../../fixtures/http/use-http.ts'
import { limitMs } from '../../fixtures/limit.ts'

test('/healthz says ok, what is served and the state of every service', async () => {
  const { address, pod, said } = await useHttp({
    health: () => ({ device: 'cpu', model_path: 'a.pt', load_seconds: 1.5 }),
  })
  await expect.poll(() => said).toContain('ready')
  pod.emit({ service: 'trainer', type: 'not-ready', reason: 'stalled' })
  const answer = await ask(address, { path: '/healthz' })
  expect(answer.status).toBe(200)
  expect(answer.json()).toEqual({
    ok: true,
    device: 'cpu',
    model_path: 'a.pt',
    load_seconds: 1.5,
    services: { http: 'ready', trainer: 'degraded' },
  })
})

test('/healthz answers although a service cannot say how it is', async () => {
  const { address, log } = await useHttp({
    health: () => {
      throw new Error('no model host')
    },
  })
  expect((await ask(address, { path: '/healthz' })).json()).toMatchObject({ ok: true })
  expect(log.some((line) => line.includes('no model host'))).toBe(true)
})

test('/healthz answers within 50 ms, also while a hundred requests wait for something slow', async () => {
  const never = new Promise(() => undefined)
  const { address } = await useHttp({
    routes: [async (app) => void app.get('/slow', { config: { access: 'open' } }, () => never)],
  })
  for (let round = 0; round < 100; round += 1) void ask(address, { path: '/slow' }).catch(() => undefined)
  const took = []
  for (let round = 0; round < 20; round += 1) {
    const before = performance.now()
    expect((await ask(address, { path: '/healthz' })).status).toBe(200)
    took.push(performance.now() - before)
  }
  expect(took.sort((one, other) => one - other)[10]).toBeLessThan(limitMs(50))
})

test('/readyz is 200 once every service is ready, http included', async () => {
  const { address, said, socketPath } = await useHttp()
  await expect.poll(() => said).toContain('ready')
  for (const where of [address, socketPath]) {
    const answer = await ask(where, { path: '/readyz' })
    expect([answer.status, answer.json()]).toEqual([200, { ready: true, failing: [] }])
  }
})

test('/readyz is 503 and names what is not ready', async () => {
  const pod = fakePod(['http', 'trainer', 'inference'])
  const { address, said } = await useHttp({}, pod)
  await expect.poll(() => said).toContain('ready')
  pod.emit({ service: 'inference', type: 'blocked', reason: 'bootstrap failed (exit 7)' })
  const answer = await ask(address, { path: '/readyz' })
  expect(answer.status).toBe(503)
  expect(answer.json()).toEqual({
    ready: false,
    failing: [{ service: 'inference', state: 'blocked', reason: 'bootstrap failed (exit 7)' }],
  })
  bringUp(pod, 'inference')
  expect((await ask(address, { path: '/readyz' })).status).toBe(200)
})

test('/readyz is 503 with Retry-After from the moment the pod stops, while the rest still answers', async () => {
  const { address, said, stopPod } = await useHttp()
  await expect.poll(() => said).toContain('ready')
  stopPod()
  const answer = await ask(address, { path: '/readyz' })
  expect(answer.status).toBe(503)
  expect(answer.headers).toMatchObject({ 'retry-after': '10', connection: 'close' })
  expect(answer.json()).toMatchObject({ ready: false, failing: [{ service: 'podmate', state: 'stopping' }] })
  expect((await ask(address, { path: '/healthz' })).status).toBe(200)
  expect((await ask(address, { path: '/status' })).status).toBe(200)
})

test('activity is what routes declare, never a probe', async () => {
  let uses = 0
  const { address, socketPath } = await useHttp({
    onActivity: () => {
      uses += 1
    },
    routes: [
      async (app) =>
        void app.get('/used', { config: { access: 'read', activity: true } }, () => ({ ok: true })),
    ],
  })
  for (const path of ['/healthz', '/readyz', '/metrics', '/status', '/logs', '/nothing', '/']) {
    await ask(address, { path })
  }
  expect(uses).toBe(0)
  await ask(address, { path: '/used' })
  await ask(socketPath, { path: '/used' })
  expect(uses).toBe(2)
})
