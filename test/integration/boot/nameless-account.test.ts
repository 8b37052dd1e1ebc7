import { chmodSync } from 'node:fs'
import { expect, type TestContext, test } from 'vitest'
import { type Podmate, startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { needsSshd } from '../../fixtures/sshd/run-ssh-pod.ts'
import { sshClient } from '../../fixtures/sshd/ssh-client.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

// Reading is left to it: the repository may lie in a folder of root.
const asNobodyKnown = [
  ...['setpriv', '--reuid=4242', '--regid=4242', '--clear-groups'],
  ...['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'],
]

function startNameless({ skip }: TestContext, env: NodeJS.ProcessEnv = {}): Podmate {
  if (process.getuid?.() !== 0) skip('cannot be installed: only root can start a program as another user')
  const folder = temporaryFolder()
  chmodSync(folder, 0o777)
  const places = { TMPDIR: folder, POD_STATE_DIR: `${folder}/state`, POD_LOG_DIR: '' }
  return startWithoutModel({ ...places, ...env }, { wrapper: asNobodyKnown })
}

test('podmate starts as a user that no account is for, as containers may be told to', async (context) => {
  const pod = startNameless(context)
  await expect.poll(() => pod.state('state'), { timeout: 60_000 }).toBe('ready')
  expect((await pod.ask('/healthz')).status).toBe(200)
  expect(await pod.stop()).toMatchObject({ code: 0, signal: null })
})

test('sshd() is disabled, and says why, for a user that no account is for', async (context) => {
  needsSshd(context)
  const keys = { START_SSHD: 'auto', SSH_PORT: '2222', PUBLIC_KEY: sshClient().publicKey }
  const pod = startNameless(context, keys)
  await pod.socket()
  expect(await pod.service('sshd')).toMatchObject({
    state: 'disabled',
    reason: expect.stringContaining('runs as uid 4242, which no account here has'),
  })
})
