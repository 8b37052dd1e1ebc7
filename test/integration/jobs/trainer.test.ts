import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseStopRules } from '../../../services/jobs/early-stop.ts'
import { jobsPod, report } from '../../fixtures/jobs/jobs-pod.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const patient = { timeout: 60_000 }

/** A training in shell: reports a number for each loss given, then does `rest`. */
function training(losses: readonly (number | 'NaN')[], rest = 'true'): string {
  const folder = temporaryFolder()
  const script = join(folder, 'train.mjs')
  writeFileSync(
    script,
    `const { JOB_ID, JOB_TOKEN, METRICS_API_URL } = process.env
     const losses = ${JSON.stringify(losses)}
     for (const [at, loss] of losses.entries()) {
       const body = '{"step":' + (at + 1) + ',"loss":' + loss + '}'
       const headers = { authorization: 'Bearer ' + JOB_TOKEN }
       const answer = await fetch(METRICS_API_URL + '/' + JOB_ID + '/metrics', { method: 'POST', headers, body })
       if (answer.status !== 200) process.exit(9)
     }`,
  )
  return `${process.execPath} ${script} && ${rest}`
}

describe('a run of the trainer', () => {
  test('has a job of its own, which it reports to, and which ends with it', async () => {
    const pod = await jobsPod({ command: training([3, 2, 1]) })
    await expect.poll(() => pod.state('trainer'), patient).toBe('completed')
    await expect.poll(async () => (await pod.trained()).status, patient).toBe('completed')
    expect(await pod.trained()).toMatchObject({
      ...{
        source: 'trainer',
        attempts: 1,
        exit_code: 0,
        reason: null,
        last_step: 3,
        last_loss: 1,
        total_points: 3,
      },
      ...{ started_at: expect.any(Number), ended_at: expect.any(Number) },
    })
  })

  test('that fails leaves its exit code, and its last words', async () => {
    const pod = await jobsPod({ command: 'echo no such data >&2; exit 3' })
    await expect.poll(() => pod.state('trainer'), patient).toBe('failed')
    await expect.poll(async () => (await pod.trained()).status, patient).toBe('failed')
    expect(await pod.trained()).toMatchObject({ exit_code: 3, reason: 'exit 3', error: 'no such data' })
  })

  test('that is stopped is cancelled: killed by user', async () => {
    const pod = await jobsPod({ command: training([1], 'sleep 60') })
    await expect.poll(async () => (await pod.trained())?.total_points, patient).toBe(1)
    await pod.pod.command('stop', 'trainer', { force: false })
    const ended = { status: 'cancelled', reason: 'killed by user', signal: 'SIGTERM' }
    await expect.poll(() => pod.trained(), patient).toMatchObject(ended)
  })

  test('says why when somebody else stops it', async () => {
    const pod = await jobsPod({ command: training([1], 'sleep 60') })
    await expect.poll(async () => (await pod.trained())?.total_points, patient).toBe(1)
    await pod.pod.command('stop', 'trainer', { force: false, reason: 'the pod stops: idle' })
    await expect.poll(async () => (await pod.trained()).reason, patient).toBe('the pod stops: idle')
  })

  test('ends by the rule that its numbers break', async () => {
    const rules = parseStopRules('loss > 10 after 2') ?? []
    const pod = await jobsPod({ command: training([20, 20, 20], 'sleep 60'), jobs: { rules } })
    const reason = 'early stop: loss > 10 after 2 (loss is 20 at step 3)'
    await expect.poll(() => pod.trained(), patient).toMatchObject({ status: 'cancelled', reason })
    expect(pod.state('trainer')).toBe('stopped')
    expect(pod.notices().join('\n')).toContain(reason)
  })

  test('tells of a loss that is no number, of a stall, and of the memory of the GPU', async () => {
    const command = training(
      [3, 'NaN'],
      'echo torch.OutOfMemoryError: CUDA out of memory. && sleep 1 && exit 1',
    )
    const pod = await jobsPod({ command, jobs: { stallMs: 200 } })
    await expect.poll(() => pod.state('trainer'), patient).toBe('failed')
    await expect.poll(async () => (await pod.trained()).reason, patient).toBe('oom')
    const told = pod.notices().join('\n')
    expect(told).toContain('the loss is not a number any more, at step 2')
    expect(told).toMatch(/no step came for [\d.]+ minutes, the last one is 2/)
    expect(told).toContain('the memory of the GPU is not enough')
  })

  test('goes on with its job when there is a checkpoint, and begins a new one when there is none', async () => {
    let checkpoint: string | undefined = '/checkpoints/last.ckpt'
    const command = 'echo "from $RESUME_CHECKPOINT"; exit 1'
    const pod = await jobsPod({ command, jobs: { findCheckpoint: async () => checkpoint } })
    const attempts = async () => {
      const { jobs } = (await pod.get('/api/training/jobs')).json()
      return jobs.map((job: { attempts: number }) => job.attempts)
    }
    await expect.poll(() => pod.state('trainer'), patient).toBe('failed')
    expect(pod.pod.logLines('trainer', 100).map(({ text }) => text)).toContain('from /checkpoints/last.ckpt')
    await pod.pod.command('start', 'trainer', { force: false })
    await expect.poll(attempts, patient).toEqual([2])
    await expect.poll(() => pod.state('trainer'), patient).toBe('failed')
    checkpoint = undefined
    await pod.pod.command('start', 'trainer', { force: false })
    await expect.poll(attempts, patient).toEqual([1, 2])
  })

  test('takes the job that a control plane has made', async () => {
    const given = { jobId: 'job-of-theirs', token: 'a-token-of-theirs' }
    const pod = await jobsPod({ command: training([3]), jobs: { given } })
    await expect.poll(async () => (await pod.trained())?.status, patient).toBe('completed')
    expect(await pod.trained()).toMatchObject({ id: 'job-of-theirs', total_points: 1 })
    expect(JSON.stringify(await pod.trained())).not.toContain(given.token)
  })

  test('takes the token that the control plane gives that job now', async () => {
    const [dir, jobId] = [temporaryFolder(), 'job-of-theirs']
    const before = await jobsPod({
      dir,
      command: 'exit 1',
      jobs: { given: { jobId, token: 'the-token-before' } },
    })
    await expect.poll(async () => (await before.trained())?.status, patient).toBe('failed')
    await before.end()
    const now = await jobsPod({
      dir,
      command: training([3], 'sleep 60'),
      jobs: { given: { jobId, token: 'the-token-now' } },
    })
    await expect.poll(async () => (await now.trained())?.total_points, patient).toBe(1)
    expect((await report(now.url, jobId, 'the-token-now', { step: 2 })).status).toBe(200)
    expect((await report(now.url, jobId, 'the-token-before', { step: 2 })).status).toBe(401)
    expect(await now.trained()).toMatchObject({ attempts: 2, command: expect.stringContaining('sleep') })
  })
})
