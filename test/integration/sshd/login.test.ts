import { expect, test } from 'vitest'
import { noSshd, startSshPod } from '../../fixtures/sshd/run-ssh-pod.ts'
import { sshClient } from '../../fixtures/sshd/ssh-client.ts'

test('sshd() lets root and an ordinary account in by key', async ({ skip }) => {
  const reason = noSshd()
  if (reason) skip(reason)
  const client = sshClient()
  const pod = await startSshPod({
    make: ['podrunner'],
    keys: [{ variable: 'PUBLIC_KEY', text: client.publicKey }],
    accounts: [{ variable: 'RUNNER_USER', name: 'podrunner' }],
    env: { PATH: process.env.PATH ?? '', A: 'b' },
  })
  await pod.ready()
  for (const user of ['root', 'podrunner'])
    expect(await client.ssh(pod.port, user, 'id -un; echo $A')).toEqual({
      code: 0,
      out: `${user}\nb\n`,
      err: '',
    })
})
