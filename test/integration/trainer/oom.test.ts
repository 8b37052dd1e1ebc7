import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { limitedCgroup } from '../../fixtures/limited-cgroup.ts'

const eater = join(import.meta.dirname, '../../fixtures/eat-memory.mjs')
const limitBytes = 700 * 1024 * 1024

it('trainer() is what the kernel kills first when memory runs out, and `oom` is the reason that is shown', async ({
  skip,
}) => {
  const cgroup = limitedCgroup('memory', limitBytes)
  if (!cgroup) return skip('cannot be installed: this machine lets nobody make a memory cgroup')
  // Registered before the pod is started, so run after it has gone: a cgroup with processes cannot be removed.
  onTestFinished(() => cgroup.remove())
  const pod = startWithoutModel({ TRAIN_COMMAND: `exec ${process.execPath} ${eater}` }, cgroup)
  await expect.poll(() => pod.state('trainer'), { timeout: 60_000 }).toBe('failed')
  expect(await pod.service('trainer')).toMatchObject({
    reason: 'oom',
    lastEnding: { ok: false, exitCode: null, signal: 'SIGKILL', reason: 'oom' },
  })
  expect(await pod.state('state')).toBe('ready')
  expect((await pod.stop()).code).toBe(0)
})
