import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { healthchecks } from '../../../services/healthchecks/service.ts'
import type { Service } from '../../../supervisor/service.ts'
import { aborted } from '../../../supervisor/time.ts'
import { type TestPod, testPod } from '../../fixtures/supervisor/test-pod.ts'

const pings: Array<{ readonly path: string; readonly body: string }> = []
let answers: number[] = []
let server: Server
let url = ''

beforeEach(async () => {
  pings.length = 0
  answers = []
  server = createServer(async (request, response) => {
    const body = await text(request)
    const status = answers.shift() ?? 200
    if (status === 200) pings.push({ path: request.url ?? '', body })
    response.writeHead(status).end('OK')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/ping/5d1c9a77-0000`
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

const paths = () => pings.map(({ path }) => path.replace('/ping/5d1c9a77-0000', ''))
const calm: Service = {
  name: 'calm',
  async run(ctx) {
    ctx.ready()
    await aborted(ctx.stop)
  },
}

async function during(
  others: readonly Service[],
  options: { everyMs?: number },
  body: (pod: TestPod) => Promise<void>,
) {
  const pod = testPod()
  const done = pod.pod.run([...others, healthchecks({ url, pod: pod.pod, retries: 2, ...options })])
  try {
    await body(pod)
  } finally {
    pod.pod.shutdown('SIGTERM')
    await done
  }
}

describe('healthchecks()', () => {
  it('tells the start, regular successes and the stop', async () => {
    await during([calm], { everyMs: 20 }, async (pod) => {
      await expect.poll(() => pod.state('healthchecks')).toBe('ready')
      await expect.poll(() => paths().slice(0, 3)).toEqual(['/start', '', ''])
    })
    expect(paths().at(-1)).toBe('/log')
    expect(pings.at(-1)?.body).toBe('stopping: SIGTERM')
  })

  it('tells a failure at once, and goes on telling it', async () => {
    const failing: Service = {
      name: 'task',
      kind: 'task',
      restart: 'never',
      run: () => Promise.reject(new Error('no luck')),
    }
    await during([failing], { everyMs: 50 }, async () => {
      await expect.poll(() => paths().filter((path) => path === '/fail').length).toBeGreaterThan(1)
      expect(pings.map(({ body }) => body)).toContain('task: failed: no luck')
      expect(pings.map(({ body }) => body)).toContain('task is failed: no luck')
    })
  })

  it('is degraded, and never a reason to stop, while the check does not answer', async () => {
    answers = Array(50).fill(500)
    const pod = testPod()
    const done = pod.pod.run([calm, healthchecks({ url, pod: pod.pod, retries: 0, everyMs: 20 })])
    await expect
      .poll(() => pod.pod.status().services.healthchecks?.reason)
      .toBe('cannot be told: the check answered 500')
    answers = []
    await expect.poll(() => pod.state('healthchecks')).toBe('ready')
    pod.pod.shutdown('SIGTERM')
    await done
  })

  it('is not ready while the check has not answered once', async () => {
    answers = Array(50).fill(500)
    const pod = testPod()
    const done = pod.pod.run([healthchecks({ url, pod: pod.pod, retries: 0 })])
    await expect.poll(() => pod.state('healthchecks')).toBe('degraded')
    pod.pod.shutdown('SIGTERM')
    await done
    expect(pod.trail()).not.toContain('healthchecks:ready')
  })

  it('keeps the query of an address behind what it adds to the path', async () => {
    const pod = testPod()
    const done = pod.pod.run([healthchecks({ url: `${url}?create=1`, pod: pod.pod })])
    await expect.poll(() => pings.map(({ path }) => path)).toEqual(['/ping/5d1c9a77-0000/start?create=1'])
    pod.pod.shutdown('SIGTERM')
    await done
  })

  it('is disabled without an address', () => {
    const pod = testPod()
    expect(healthchecks({ url: undefined, pod: pod.pod }).disabled).toBe('HEALTHCHECKS_URL is not set')
  })
})
