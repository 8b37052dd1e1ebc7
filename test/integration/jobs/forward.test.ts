import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { jobsPod, report } from '../../fixtures/jobs/jobs-pod.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const patient = { timeout: 60_000 }
const given = { jobId: 'job-of-theirs', token: 'a-token-of-theirs' }
const wait = 'sleep 60'

interface Point {
  readonly step: number
  readonly loss?: number
}

/** A control plane that takes metrics, or answers as it is told to. */
async function controlPlane() {
  const plane = {
    taken: [] as Point[],
    asked: 0,
    answer: (_points: readonly Point[]): number => 200,
    url: '',
    type: 'application/json',
  }
  const server = createServer(async (request: IncomingMessage, response) => {
    const body: unknown = JSON.parse(await text(request))
    const points = (Array.isArray(body) ? body : [body]) as Point[] // what the pod sends
    const known = request.headers.authorization === `Bearer ${given.token}`
    const status = known && request.url === '/jobs/job-of-theirs/metrics' ? plane.answer(points) : 401
    plane.asked += 1
    if (status === 200 && plane.type === 'application/json') plane.taken.push(...points)
    if (status === 0) response.destroy()
    else response.writeHead(status, { 'content-type': plane.type }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  plane.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jobs` // it listens on TCP
  return plane
}

async function forwardingPod(url: string, dir = temporaryFolder()) {
  const remote = { url, ...given }
  const pod = await jobsPod({ dir, command: wait, jobs: { given, remote } })
  await expect.poll(async () => (await pod.trained())?.status, patient).toBe('running')
  return { ...pod, send: (points: unknown) => report(pod.url, given.jobId, given.token, points) }
}

const steps = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => ({ step: from + at, loss: 1 }))

describe('metrics for a control plane', () => {
  test('are forwarded in order, while it is away kept, and the training waits for nothing', async () => {
    const plane = await controlPlane()
    const pod = await forwardingPod(plane.url)
    expect((await pod.send(steps(1, 700))).status).toBe(200)
    await expect.poll(() => plane.taken.length, patient).toBe(700)
    let turn = 0
    plane.answer = () => [0, 500, 429, 503][turn++ % 4] ?? 0
    for (let step = 701; step <= 720; step += 1) expect((await pod.send({ step, loss: 1 })).status).toBe(200)
    await expect.poll(() => turn, patient).toBeGreaterThan(4)
    expect(plane.taken).toHaveLength(700)
    plane.answer = () => 200
    await expect.poll(() => plane.taken.length, patient).toBe(720)
    expect(plane.taken.map(({ step }) => step)).toEqual(steps(1, 720).map(({ step }) => step))
    const told = pod.notices().filter((notice) => notice.includes('forwarded'))
    expect(told).toEqual([
      expect.stringContaining('metrics wait to be forwarded'),
      'metrics are forwarded again',
    ])
    expect(told.join()).not.toContain(given.token)
  })

  test('are kept while a web page answers, which takes nothing', async () => {
    const plane = await controlPlane()
    plane.type = 'text/html; charset=utf-8'
    const pod = await forwardingPod(plane.url)
    await pod.send(steps(1, 3))
    await expect
      .poll(() => pod.notices().join('\n'), patient)
      .toContain('answered with a web page: METRICS_API_URL must be the address of its API')
    plane.type = 'application/json'
    await expect.poll(() => plane.taken.map(({ step }) => step), patient).toEqual([1, 2, 3])
  })

  test('that a stop of the pod found waiting go up after the next start, and none twice', async () => {
    const plane = await controlPlane()
    plane.answer = () => 503
    const first = await forwardingPod(plane.url)
    await first.send(steps(1, 30))
    await first.end()
    expect(plane.taken).toEqual([])
    plane.answer = () => 200
    const second = await forwardingPod(plane.url, first.dir)
    await expect.poll(() => plane.taken.length, patient).toBe(30)
    await second.end()
    const third = await forwardingPod(plane.url, first.dir)
    await third.send({ step: 31 })
    await expect
      .poll(() => plane.taken.map(({ step }) => step), patient)
      .toEqual(steps(1, 31).map(({ step }) => step))
  })

  test('go one by one to one that takes no arrays, without those that it refuses', async () => {
    const plane = await controlPlane()
    plane.answer = (points) => (points.length > 1 ? 400 : points[0]?.step === 3 ? 422 : 200)
    const pod = await forwardingPod(plane.url)
    await pod.send(steps(1, 5))
    await expect.poll(() => plane.taken.map(({ step }) => step), patient).toEqual([1, 2, 4, 5])
    await expect.poll(() => pod.notices().join(), patient).toContain('refuses the metrics of step 3')
  })

  test('wait for the right token, and say so', async () => {
    const plane = await controlPlane()
    plane.answer = () => 401
    const pod = await forwardingPod(plane.url)
    await pod.send({ step: 1 })
    const said = 'the control plane answered 401: JOB_ID and JOB_TOKEN are not those of the control plane'
    await expect.poll(() => pod.notices().join(), patient).toContain(said)
    await expect
      .poll(() => pod.pod.status().services.jobs?.details, patient)
      .toMatchObject({
        forwarding: { url: plane.url, problem: expect.stringContaining('401') },
      })
  })
})
