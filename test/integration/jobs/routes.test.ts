import { describe, expect, test } from 'vitest'
import { openapiProblems } from '../../fixtures/http/openapi-problems.ts'
import { readStream } from '../../fixtures/http/read-stream.ts'
import { jobsPod, report } from '../../fixtures/jobs/jobs-pod.ts'

const patient = { timeout: 60_000 }

describe('POST /api/training/jobs/:id/metrics', () => {
  test('takes one point or an array, and answers ok', async () => {
    const pod = await jobsPod()
    const job = await pod.make()
    expect((await job.report({ step: 1, loss: 3 })).json()).toEqual({ status: 'ok' })
    expect((await job.report([{ step: 2, loss: 2, mine: 1 }, { step: 3 }])).status).toBe(200)
    expect((await job.report('{"step": 4, "loss": NaN}')).status).toBe(200)
    const { metrics, last_id } = (await pod.get(`${job.path}/metrics`)).json()
    const timestamp = expect.any(Number)
    expect(metrics).toEqual([
      { step: 1, loss: 3, timestamp },
      { step: 2, loss: 2, mine: 1, timestamp },
      { step: 3, timestamp },
      { step: 4, loss: null, timestamp },
    ])
    expect(last_id).toBe(4)
    const after = { status: 'running', last_step: 4, last_loss: null, total_points: 4 }
    expect((await pod.get(job.path)).json()).toMatchObject(after)
    expect(pod.jobs.port.lastStep()).toMatchObject({ jobId: job.id, step: 4 })
  })

  test('counts steps on that begin again with each epoch, keeps ranks apart, and tells what is replaced', async () => {
    const pod = await jobsPod()
    const job = await pod.make()
    const epochOf = (epoch: number) => [0, 1, 2].map((step) => ({ step, epoch, loss: epoch * 10 + step }))
    expect((await job.report(epochOf(1))).json()).toEqual({ status: 'ok' })
    expect((await job.report(epochOf(2))).json()).toEqual({ status: 'ok', continued: 3 })
    // A client that did not get the answer sends them again.
    for (const epoch of [1, 2]) await job.report(epochOf(epoch))
    expect((await job.report({ step: 2, epoch: 2, rank: 1, loss: 50 })).json()).toMatchObject({
      status: 'ok',
    })
    const losses = async () => {
      const { metrics } = (await pod.get(`${job.path}/metrics`)).json()
      return metrics.map(({ step, loss }: { step: number; loss: number }) => [step, loss])
    }
    const all = [10, 11, 12, 20, 21, 22].map((loss, step) => [step, loss])
    expect(await losses()).toEqual(all)
    const { metrics } = (await pod.get(`${job.path}/metrics?since=4`)).json()
    expect(metrics).toEqual([
      { step: 5, epoch: 2, loss: 22, 'rank1/loss': 50, timestamp: expect.any(Number) },
    ])
    expect(pod.jobs.port.lastStep()).toMatchObject({ step: 5 })
    // Two processes that do not say who they are.
    expect((await job.report({ step: 1, epoch: 2, loss: 99 })).json()).toMatchObject({ replaced: 1 })
    await job.report({ step: 1, epoch: 2, loss: 98 })
    expect((await pod.get(job.path)).json()).toMatchObject({ total_points: 6 })
    const told = pod.notices()
    expect(
      told.filter((text) => text.includes('begin again with each epoch: they are counted on')),
    ).toHaveLength(1)
    expect(told.filter((text) => text.includes('was reported again with another loss'))).toHaveLength(1)
  })

  test('answers 401 to a wrong token, to none, and to a job that is not there', async () => {
    const pod = await jobsPod()
    const [one, other] = [await pod.make(), await pod.make()]
    const answers = [
      await report(pod.url, one.id, other.token, { step: 1 }),
      await report(pod.url, one.id, undefined, { step: 1 }),
      await report(pod.url, 'nothing', one.token, { step: 1 }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401])
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  })

  test('answers 422 to wrong types, 400 to what is no JSON, 413 to what is too long', async () => {
    const pod = await jobsPod()
    const job = await pod.make()
    const wrong = await job.report([
      { step: 1, loss: 1 },
      { step: 2, loss: 'low' },
    ])
    expect([wrong.status, wrong.json().detail]).toEqual([422, '"[1].loss" must be a number, not "low"'])
    expect((await job.report('')).status).toBe(422)
    expect((await job.report('{"step": ')).status).toBe(400)
    const long = await job.report(`{"step": 1${' '.repeat(9 << 20)}}`)
    expect([long.status, long.json().detail]).toEqual([413, expect.stringContaining('8 MB')])
    expect((await pod.get(`${job.path}/metrics`)).json().metrics).toEqual([])
  })
})

describe('a job that is run by hand', () => {
  test('is told when no step comes, and again after steps came', async () => {
    const pod = await jobsPod({ jobs: { stallMs: 200 } })
    const job = await pod.make('mine')
    const told = () => pod.notices().filter((notice) => /^mine: no step came for/.test(notice)).length
    await job.report({ step: 1 })
    await expect.poll(told, patient).toBe(1)
    await job.report({ step: 2 })
    await expect.poll(told, patient).toBe(2)
  })
})

describe('names of numbers', () => {
  test('are 200 for a job, however often more are refused', async () => {
    const pod = await jobsPod()
    const job = await pod.make()
    const named = (from: number, to: number) =>
      Object.fromEntries(Array.from({ length: to - from }, (_, at) => [`n${from + at}`, 1]))
    const statuses = []
    for (const numbers of [named(0, 100), named(100, 200), named(101, 201), named(201, 300), named(0, 100)])
      statuses.push((await job.report({ step: 1, ...numbers })).status)
    expect(statuses).toEqual([200, 200, 422, 422, 200])
  })
})

describe('a step as high as steps can be', () => {
  test('can be read after, and up to', async () => {
    const pod = await jobsPod()
    const job = await pod.make()
    const highest = Number.MAX_SAFE_INTEGER
    await job.report([{ step: highest - 1 }, { step: highest }])
    const read = await pod.get(`${job.path}/metrics?since=${highest - 2}&until=${highest - 1}`)
    expect(read.json().metrics).toMatchObject([{ step: highest - 1 }])
    expect((await pod.get(`${job.path}/metrics?since=${highest}`)).json().metrics).toEqual([])
  })
})

describe('GET /api/training/jobs', () => {
  test('lists the newest first, and shows no token', async () => {
    const pod = await jobsPod()
    const [one, two] = [await pod.make('one'), await pod.make('two')]
    const { text } = await pod.get('/api/training/jobs')
    const { jobs } = JSON.parse(text) as { jobs: { id: string; name: string; status: string }[] }
    expect(jobs.map(({ name }) => name)).toEqual(['two', 'one'])
    expect(jobs[0]).toMatchObject({ id: two.id, status: 'pending', total_points: 0, last_step: null })
    expect(text).not.toContain(one.token)
  })

  test('answers 404 for a job that is not there, on every route', async () => {
    const pod = await jobsPod()
    for (const end of ['', '/metrics', '/stream'])
      expect((await pod.get(`/api/training/jobs/nothing${end}`)).status).toBe(404)
  })
})

describe('GET /api/training/jobs/:id/metrics', () => {
  test('answers every point, in pages of its own, and after a step', async () => {
    const pod = await jobsPod()
    const job = await pod.make()
    await job.report(Array.from({ length: 5000 }, (_, step) => ({ step, loss: 1 / (step + 1) })))
    const all = (await pod.get(`${job.path}/metrics`)).json()
    expect(all.metrics).toHaveLength(5000)
    expect(all.metrics[4999].step).toBe(4999)
    const some = (await pod.get(`${job.path}/metrics?since=4997&keys=epoch`)).json()
    expect(some.metrics.map(({ step, loss }: { step: number; loss?: number }) => [step, loss])).toEqual([
      [4998, undefined],
      [4999, undefined],
    ])
    const few = (await pod.get(`${job.path}/metrics?points=50&keys=loss`)).json()
    expect(few.metrics.length).toBeLessThanOrEqual(50)
    expect([few.metrics[0].loss, few.metrics.at(-1).step]).toEqual([1, 4999])
    expect((await pod.get(`${job.path}/metrics?points=many`)).status).toBe(422)
  })
})

describe('GET /api/training/jobs/:id/stream', () => {
  test('tells points as they come, and the job when it changes, and goes on where it was cut', async () => {
    const pod = await jobsPod()
    const job = await pod.make()
    await job.report({ step: 1, loss: 3 })
    const stream = await readStream(pod.url, `${job.path}/stream`)
    await expect.poll(() => stream.events.length, patient).toBe(1)
    expect(JSON.parse(stream.events[0]?.data ?? '')).toMatchObject({ id: job.id, status: 'running' })
    await job.report([
      { step: 2, loss: 2 },
      { step: 3, loss: 1 },
    ])
    await expect.poll(() => stream.events.length, patient).toBe(3)
    expect(stream.events[1]).toMatchObject({ event: 'metrics', id: '2' })
    stream.close()
    await job.report({ step: 3, eval_loss: 5 })
    const again = await readStream(pod.url, `${job.path}/stream`, { 'last-event-id': '2' })
    await expect.poll(() => again.events.filter(({ event }) => event === 'metrics').length, patient).toBe(1)
    // A step that was completed meanwhile comes once, as it is now.
    expect(JSON.parse(again.events[1]?.data ?? '')).toMatchObject({ step: 3, loss: 1, eval_loss: 5 })
    const first = await readStream(pod.url, `${job.path}/stream?after=0`)
    await expect.poll(() => first.events.filter(({ event }) => event === 'metrics').length, patient).toBe(3)
    again.close()
    first.close()
  })
})

describe('PATCH /api/training/jobs/:id', () => {
  test('ends a job that is run by hand, for whoever has its token', async () => {
    const pod = await jobsPod()
    const job = await pod.make()
    await job.report({ step: 7, loss: 2.5, progress: 40 })
    const patch = (own: string, body: unknown) =>
      fetch(`${pod.url}${job.path}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${own}` },
        body: JSON.stringify(body),
      })
    expect((await patch('another', { status: 'completed' })).status).toBe(401)
    expect((await patch(job.token, { status: 'running' })).status).toBe(422)
    const answer = await patch(job.token, { status: 'failed', reason: 'no data' })
    expect(answer.status).toBe(200)
    const counted = { last_step: 7, last_loss: 2.5, progress: 40, total_points: 1 }
    expect(await answer.json()).toMatchObject({ status: 'failed', reason: 'no data', ...counted })
    expect((await pod.get(job.path)).json()).toMatchObject({ status: 'failed', reason: 'no data' })
  })
})

test('/metrics shows the last training numbers', async () => {
  const pod = await jobsPod()
  const job = await pod.make()
  await job.report([
    { step: 1, loss: 3 },
    { step: 2, loss: 2.5, mine: 7 },
  ])
  const { text } = await pod.get('/metrics')
  expect(text).toContain(`podmate_training_last_step{job="${job.id}"} 2`)
  expect(text).toContain(`podmate_training_value{job="${job.id}",name="loss"} 2.5`)
  expect(text).toContain(`podmate_training_points_total{job="${job.id}"} 2`)
})

test('the routes of jobs are described as OpenAPI wants it', async () => {
  const pod = await jobsPod()
  const document = (await pod.get('/openapi.json')).json()
  expect(openapiProblems(document)).toEqual([])
  expect(Object.keys(document.paths)).toContain('/api/training/jobs/{id}/metrics')
})
