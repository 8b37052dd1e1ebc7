import { describe, expect, test } from 'vitest'
import { postUntil } from '../../../scripts/accept/f/post-points.ts'
import { type Podmate, startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { sendSignal } from '../../fixtures/boot/send-signal.ts'

const patient = { timeout: 60_000 }

async function makeJob(pod: Podmate) {
  const url = await pod.url()
  const made = await pod.ask({ method: 'POST', path: '/api/training/jobs', body: '{"name":"by hand"}' })
  const { id, job_token: token } = made.json()
  return { id, token, url: `${url}/api/training/jobs/${id}` }
}

/** Arrays of ten points by several clients, each with steps of its own. */
function tenAtATime() {
  let step = 0
  return () => {
    const steps = Array.from({ length: 10 }, () => {
      step += 1
      return step
    })
    return { steps, text: JSON.stringify(steps.map((at) => ({ step: at, loss: at / 2 }))) }
  }
}

describe('every acknowledged point is there, and none twice,', () => {
  test('after a KILL of podmate while points come in; what is run by hand goes on', async () => {
    const first = startWithoutModel()
    const job = await makeJob(first)
    const over = new AbortController()
    const posting = postUntil(job, 8, tenAtATime(), over.signal)
    await expect
      .poll(async () => (await first.ask(`/api/training/jobs/${job.id}`)).json().total_points, patient)
      .toBeGreaterThan(500)
    await first.destroy()
    over.abort()
    const acknowledged = (await posting).flat()
    const second = startWithoutModel({}, { folder: first.folder })
    const { metrics } = (await second.ask(`/api/training/jobs/${job.id}/metrics`)).json()
    const kept: number[] = metrics.map(({ step }: { step: number }) => step)
    expect(new Set(kept).size).toBe(kept.length)
    expect(acknowledged.length).toBeGreaterThan(500)
    expect(acknowledged.filter((step) => !new Set(kept).has(step))).toEqual([])
    for (const { step, loss } of metrics) expect(loss).toBe(step / 2)
    await expect.poll(() => second.state('jobs'), patient).toBe('ready')
    const left = (await second.ask(`/api/training/jobs/${job.id}`)).json()
    expect(left).toMatchObject({ status: 'running', ended_at: null, attempts: 1, total_points: kept.length })
    const headers = { authorization: `Bearer ${job.token}` }
    const more = { method: 'POST', path: `/api/training/jobs/${job.id}/metrics`, headers, body: '{"step":0}' }
    expect((await second.ask(more)).status).toBe(200)
    expect((await second.ask(`/api/training/jobs/${job.id}`)).json()).toMatchObject({
      status: 'running',
      ...{ reason: null, attempts: 1 },
    })
  }, 180_000)

  test('after a KILL of the state process, which the clients outlive', async () => {
    const pod = startWithoutModel()
    const job = await makeJob(pod)
    const over = new AbortController()
    const next = tenAtATime()
    const acknowledged: number[] = []
    const client = async () => {
      for (let { steps, text } = next(); !over.signal.aborted; ) {
        const headers = { authorization: `Bearer ${job.token}` }
        const { status } = await fetch(`${job.url}/metrics`, { method: 'POST', headers, body: text })
        expect([200, 503]).toContain(status) // a client sends again what was not taken
        if (status !== 200) continue
        acknowledged.push(...steps)
        const following = next()
        steps = following.steps
        text = following.text
      }
    }
    const clients = Promise.all([client(), client(), client()])
    await expect.poll(() => acknowledged.length, patient).toBeGreaterThan(300)
    sendSignal((await pod.service('state'))?.pid, 'SIGKILL')
    const before = acknowledged.length
    await expect.poll(() => acknowledged.length, patient).toBeGreaterThan(before + 300)
    over.abort()
    await clients
    const { metrics } = (await pod.ask(`/api/training/jobs/${job.id}/metrics`)).json()
    const kept: number[] = metrics.map(({ step }: { step: number }) => step)
    expect(new Set(kept).size).toBe(kept.length)
    expect(acknowledged.filter((step) => !new Set(kept).has(step))).toEqual([])
  }, 180_000)
})
