import { appendFileSync, existsSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { jobsPod } from '../../fixtures/jobs/jobs-pod.ts'
import { bindfs, noBindfs, noMounts, tmpfs } from '../../fixtures/state/mounts.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const patient = { timeout: 60_000 }
const withoutMounts = noMounts()
const withoutBindfs = noBindfs()

describe('metrics on a volume that is full', () => {
  test('are refused with 503 and Retry-After, and taken when there is space again', async ({ skip }) => {
    skip(withoutMounts !== undefined, withoutMounts)
    const pod = await jobsPod({ dir: tmpfs(2048) })
    const job = await pod.make()
    expect((await job.report({ step: 1, loss: 1 })).status).toBe(200)
    const fill = join(pod.dir, 'pod1/fill')
    fillUp(fill)
    const many = Array.from({ length: 5000 }, (_, step) => ({ step: step + 2, loss: step }))
    const refused = await job.report(many)
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1'])
    expect(refused.json().detail).toMatch(/is full; free some space/)
    expect(pod.state('http')).toBe('ready')
    rmSync(fill)
    await expect.poll(async () => (await job.report({ step: 2, loss: 9 })).status, patient).toBe(200)
    const { metrics } = (await pod.get(`${job.path}/metrics`)).json()
    expect(metrics.map(({ step }: { step: number }) => step)).toEqual([1, 2])
  })
})

describe('metrics on a volume that hangs', () => {
  test('are refused with 503 in time, and taken when it is back; a run of the trainer begins all the same', async ({
    skip,
  }) => {
    skip(withoutBindfs !== undefined, withoutBindfs)
    const { mounted, process: volume } = await bindfs()
    const pod = await jobsPod({
      dir: mounted,
      deadlineMs: 10_000,
      command: 'sleep 60',
      trainer: { cwd: '/' },
    })
    const job = await pod.make()
    expect((await job.report({ step: 1, loss: 1 })).status).toBe(200)
    await pod.pod.command('stop', 'trainer', { force: false })
    volume.kill('SIGSTOP')
    const refused = await job.report({ step: 2, loss: 2 })
    expect([refused.status, refused.json().detail]).toEqual([503, expect.stringContaining('does not answer')])
    await pod.pod.command('start', 'trainer', { force: false })
    expect(pod.state('trainer')).toBe('ready')
    volume.kill('SIGCONT')
    await expect.poll(async () => (await job.report({ step: 3, loss: 3 })).status, patient).toBe(200)
    // The run that began meanwhile is on disk now.
    await expect.poll(async () => (await pod.trained())?.status, patient).toBe('running')
    const { metrics } = (await pod.get(`${job.path}/metrics`)).json()
    const steps = metrics.map(({ step }: { step: number }) => step)
    expect(steps).toEqual(expect.arrayContaining([1, 3]))
  })
})

test('a damaged file is kept aside while the pod runs, users are told, and metrics go on', async () => {
  const dir = temporaryFolder()
  const first = await jobsPod({ dir })
  await (await first.make()).report(Array.from({ length: 3000 }, (_, step) => ({ step, loss: 1 })))
  await first.end()
  const path = join(dir, 'pod1/jobs.sqlite')
  expect(existsSync(path)).toBe(true)
  writeFileSync(path, Buffer.alloc(100_000, 'x'))
  const second = await jobsPod({ dir })
  const job = await second.make()
  expect((await job.report({ step: 1, loss: 1 })).status).toBe(200)
  expect(second.notices().join()).toMatch(/jobs\.sqlite is damaged .*; the curves so far are in the old one/)
  expect(readdirSync(join(dir, 'pod1')).filter((name) => name.includes('damaged'))).toHaveLength(1)
})

/** Leaves nothing of the file system that a file is on. */
function fillUp(path: string): void {
  const { bavail, bsize } = statfsSync(dirname(path))
  for (let block = 0; block < bavail; block += 1) appendFileSync(path, Buffer.alloc(bsize))
}
