import { join } from 'node:path'
import { expect, test } from 'vitest'
import { figures } from '../../fixtures/boot/figures.ts'
import { startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { gitServer } from '../../fixtures/bootstrap/git-server.ts'
import { newOrigin } from '../../fixtures/bootstrap/origin.ts'
import { wheel } from '../../fixtures/bootstrap/python-packages.ts'
import { limitMs } from '../../fixtures/limit.ts'
import { lastRunMs } from '../../fixtures/pod/phases.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

test('the second boot of a pod finds its repository and its packages as they are, and does nothing to them', async () => {
  const root = temporaryFolder()
  const origin = newOrigin(root)
  origin.push({
    'requirements.txt': `${wheel(root, 'first', '1.0')}\n`,
    'train.py': 'import first; print(first.version)\n',
  })
  const server = await gitServer(root)
  const folder = temporaryFolder()
  const env = {
    ...{ REPO_DIR: join(folder, 'repo'), VENV_DIR: join(folder, 'venv'), TRAIN_COMMAND: 'python train.py' },
    POD_STATE_DIR: join(folder, 'state'),
    REPO_URL: server.url('origin.git'),
    TRAIN_RERUN: '1',
  }
  const boot = async () => {
    const pod = startWithoutModel(env)
    await expect.poll(() => pod.state('trainer'), { timeout: 60_000 }).toBe('completed')
    expect(pod.messages('trainer')).toContain('1.0')
    const details = (await pod.service('bootstrap'))?.details
    expect(await pod.stop()).toMatchObject({ code: 0 })
    return { details, ms: lastRunMs(pod, 'bootstrap') }
  }
  const first = await boot()
  expect(first.details).toMatchObject({ repo: { action: 'cloned' }, requirements: { state: 'installed' } })
  const second = await boot()
  expect(second.details).toMatchObject({
    repo: { action: 'up to date' },
    requirements: { state: 'up to date' },
  })
  figures('bootstrap', { 'first boot, ms': first.ms, 'second boot, ms': second.ms })
  expect(second.ms).toBeLessThan(limitMs(1000))
  await server.close()
}, 180_000)
