import { expect, test } from 'vitest'
import { startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { podctl } from '../../fixtures/http/run-program.ts'

const why = /no public key|there is no (sshd|ssh-keygen) here/

test('START_SSHD=1 without a usable key is not ready and says so; with auto sshd is disabled', async () => {
  const pod = startWithoutModel({ START_SSHD: '1', SSH_PORT: '2222' })
  const PODMATE_SOCKET = await pod.socket()
  await expect.poll(() => pod.state('sshd')).toBe('degraded')
  expect(await pod.service('sshd')).toMatchObject({ reason: expect.stringMatching(why) })
  const { code, out } = await podctl(['ready'], { PODMATE_SOCKET })
  expect(code).toBe(1)
  expect(out).toMatch(/^sshd is degraded: /m)
  expect(out).toMatch(why)
  expect(await pod.stop()).toMatchObject({ code: 0 })

  const relaxed = startWithoutModel({ START_SSHD: 'auto', SSH_PORT: '2222' })
  await relaxed.socket()
  await expect.poll(() => relaxed.state('sshd')).toBe('disabled')
})
