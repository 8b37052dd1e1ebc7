import { chmodSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

// Reading is left to it: the repository may lie in a folder of root.
const asNobodyKnown = [
  ...['setpriv', '--reuid=4242', '--regid=4242', '--clear-groups'],
  ...['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'],
]

test('podmate starts as a user that no account is for, as containers may be told to', async ({ skip }) => {
  if (process.getuid?.() !== 0) skip('cannot be installed: only root can start a program as another user')
  const folder = temporaryFolder()
  chmodSync(folder, 0o777)
  const pod = startWithoutModel({ POD_LOG_DIR: '' }, { wrapper: asNobodyKnown, folder })
  await expect.poll(() => pod.state('state'), { timeout: 8000 }).toBe('ready')
  expect((await pod.ask('/healthz')).status).toBe(200)
  expect(await pod.stop()).toMatchObject({ code: 0, signal: null })
})
