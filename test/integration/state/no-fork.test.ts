import { expect, it, onTestFinished } from 'vitest'
import { startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { sendSignal } from '../../fixtures/boot/send-signal.ts'
import { limitedCgroup } from '../../fixtures/limited-cgroup.ts'

it('state() that cannot be forked is a failure like any other: it is tried again, and podmate lives', async ({
  skip,
}) => {
  const cgroup = limitedCgroup('pids', 1000)
  if (!cgroup) return skip('cannot be installed: this machine lets nobody make a pids cgroup')
  onTestFinished(() => cgroup.remove())
  const pod = startWithoutModel({}, cgroup)
  await expect.poll(() => pod.state('state'), { timeout: 60_000 }).toBe('ready')
  cgroup.setLimit(1)
  sendSignal((await pod.service('state'))?.pid, 'SIGKILL')
  await expect.poll(() => pod.messages('state').join(), { timeout: 60_000 }).toContain('EAGAIN')
  expect((await pod.ask('/healthz')).status).toBe(200)
  cgroup.setLimit(1000)
  await expect.poll(() => pod.state('state'), { timeout: 60_000 }).toBe('ready')
  expect((await pod.stop()).code).toBe(0)
})
