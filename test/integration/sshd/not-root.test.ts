import { beforeEach, describe, expect, test } from 'vitest'
import { closedClone } from '../../fixtures/closed-clone.ts'
import { needsSshd, startSshPod } from '../../fixtures/sshd/run-ssh-pod.ts'
import { sshClient } from '../../fixtures/sshd/ssh-client.ts'

beforeEach(({ skip }) => skip(closedClone() !== undefined, closedClone()))

describe('sshd()', () => {
  beforeEach(needsSshd)

  test('lets in the account that runs podmate, and only it, when that is not root', async () => {
    const client = sshClient()
    const pod = await startSshPod({
      make: ['podowner'],
      as: 'podowner',
      // An account that nobody has opened; what is not root cannot open it either, nor need it.
      stateDir: '/run/podmate-state',
      before: 'mkdir /run/podmate-state; chown podowner /run/podmate-state',
      accounts: [{ variable: 'SSH_USER', name: 'root' }],
      env: { LINES: 'one\ntwo', PATH: '/usr/bin:/bin' },
      keys: [{ variable: 'PUBLIC_KEY', text: client.publicKey }],
    })
    await pod.ready()
    expect(await client.ssh(pod.port, 'podowner', 'id -un; printenv LINES')).toEqual({
      ...{ code: 0, err: '' },
      out: 'podowner\none\ntwo\n',
    })
    expect((await client.ssh(pod.port, 'root', 'true')).code).toBe(255)
    expect(await pod.line('podmate is not root')).toContain('only podowner can log in over SSH (not root)')
    expect(pod.details()).toMatchObject({
      accounts: [{ name: 'podowner' }],
      host_keys: [{ kept: true }, { kept: true }],
    })
  })

  test('says what to do when its port is for root alone', async () => {
    const pod = await startSshPod({
      make: ['podowner'],
      as: 'podowner',
      port: 22,
      stateDir: '/run/podmate-state',
      before: 'mkdir /run/podmate-state; chown podowner /run/podmate-state',
      keys: [{ variable: 'PUBLIC_KEY', text: sshClient().publicKey }],
    })
    await expect
      .poll(() => pod.events.find((event) => event.type === 'disabled'))
      .toMatchObject({
        reason: 'port 22 is for root alone, and podmate is not root: set SSH_PORT to 1024 or more',
      })
  })
})
