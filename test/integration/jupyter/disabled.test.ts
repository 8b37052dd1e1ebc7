import { expect, onTestFinished, test } from 'vitest'
import { pretendLab, venvOf } from '../../fixtures/jupyter/pretend-venv.ts'
import { runLab } from '../../fixtures/jupyter/run-lab.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

test('jupyter() is disabled where there is no JupyterLab, until it is started again', async () => {
  const venvDir = temporaryFolder()
  const lab = await runLab({ venvDir, env: { PATH: temporaryFolder() } })
  onTestFinished(() => lab.stop())
  await expect.poll(() => lab.status()?.state).toBe('disabled')
  expect(lab.status()?.reason).toContain('install jupyterlab')
  const again = await lab.pod.pod.command('start', 'jupyter', { force: false })
  expect(again).toEqual({
    ok: false,
    message: expect.stringContaining('jupyter is disabled: no jupyter program'),
  })
  venvOf(pretendLab('good'), venvDir)
  await lab.pod.pod.command('start', 'jupyter', { force: false })
  await expect.poll(() => lab.status()?.state).toBe('ready')
})
