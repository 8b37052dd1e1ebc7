import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { JupyterOptions } from '../../../services/jupyter/service.ts'
import { listening } from '../../fixtures/jupyter/free-port.ts'
import { pretendLab, venvOf } from '../../fixtures/jupyter/pretend-venv.ts'
import { type RunningLab, runLab } from '../../fixtures/jupyter/run-lab.ts'
import { bindfs, noBindfs } from '../../fixtures/state/mounts.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

async function labOf(options: Partial<JupyterOptions>): Promise<RunningLab> {
  const lab = await runLab(options)
  onTestFinished(() => lab.stop())
  return lab
}

const reason = (lab: RunningLab) => lab.status()?.lastEnding?.reason
const whenReady = (lab: RunningLab) =>
  expect.poll(() => lab.status()?.state, { timeout: 60_000 }).toBe('ready')

describe('jupyter()', () => {
  test('is restarting, and never was ready, when Jupyter ends some time after its start', async () => {
    const lab = await labOf({ venvDir: venvOf('sleep 0.5; exit 3') })
    await expect.poll(() => lab.status()?.state, { timeout: 60_000 }).toBe('restarting')
    expect(lab.status()?.lastEnding).toMatchObject({ exitCode: 3, reason: 'exit 3' })
    expect(lab.pod.trail()).not.toContain('jupyter:ready')
  })

  test('does not take the page of another server for Jupyter, although it answers 200', async () => {
    const lab = await labOf({ venvDir: venvOf(pretendLab('page')) })
    await expect.poll(() => reason(lab), { timeout: 60_000 }).toBe('exit 3')
    expect(lab.lines()).toContain('page lab listens')
    expect(lab.pod.trail()).not.toContain('jupyter:ready')
  })

  test('names the owner of a taken port, and starts when it is free', async () => {
    const stranger = createServer()
    const port = await listening(stranger)
    const lab = await labOf({ port, venvDir: venvOf(pretendLab('good')) })
    await expect.poll(() => reason(lab)).toContain(`port ${port} is taken by pid ${process.pid} (`)
    expect(reason(lab)).toContain('set JUPYTER_PORT')
    stranger.close()
    await once(stranger, 'close')
    await whenReady(lab)
  })

  test('makes a REPO_DIR that is missing', async () => {
    const rootDir = join(temporaryFolder(), 'deep/repo')
    await whenReady(await labOf({ rootDir, venvDir: venvOf(pretendLab('good')) }))
    expect(readdirSync(rootDir)).toEqual([])
  })

  test('says that REPO_DIR is missing where it cannot be made, and starts when it is there', async () => {
    const parent = join(temporaryFolder(), 'file')
    const rootDir = join(parent, 'repo')
    writeFileSync(parent, '')
    const lab = await labOf({ rootDir, venvDir: venvOf(pretendLab('good')) })
    await expect
      .poll(() => reason(lab))
      .toBe(`REPO_DIR (${rootDir}) is missing or not a folder: create it, or set REPO_DIR`)
    rmSync(parent)
    mkdirSync(parent)
    await whenReady(lab)
  })

  test('says which folder on the way to REPO_DIR is closed to its account', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'dropping to another account needs root')
    const folder = temporaryFolder()
    chmodSync(folder, 0o755)
    const closed = join(folder, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    const rootDir = join(closed, 'deep/repo')
    const user = { uid: 4711, gid: 4711 }
    const lab = await labOf({ rootDir, venvDir: venvOf(pretendLab('good')), user })
    await expect
      .poll(() => reason(lab))
      .toBe(
        `REPO_DIR (${rootDir}) cannot be reached by uid 4711, which may not enter ${closed}: change its owner or mode`,
      )
  })

  test('says that there is no JupyterLab, and what to do', async () => {
    const lab = await labOf({ env: { PATH: temporaryFolder() } })
    await expect.poll(() => reason(lab)).toContain('no jupyter program in VENV_DIR (/no/such/venv) or PATH')
    expect(reason(lab)).toContain('install jupyterlab, or set START_JUPYTER=0')
  })

  test('says that JUPYTER_HOST is not an address of this machine', async () => {
    const lab = await labOf({ host: '203.0.113.7', venvDir: venvOf(pretendLab('good')) })
    await expect.poll(() => reason(lab)).toContain('JUPYTER_HOST (203.0.113.7) is no address of this machine')
  })

  test('does not start Jupyter where it could not read its configuration, which would leave it open', async ({
    skip,
  }) => {
    skip(process.getuid?.() !== 0, 'changing the account needs root')
    const user = { uid: 65_534, gid: 65_534 }
    const lab = await labOf({ user, venvDir: venvOf(pretendLab('good')), rootDir: '/' })
    await expect.poll(() => reason(lab)).toMatch(/server\.json may not be read by the account of Jupyter/)
    expect(lab.pod.trail()).not.toContain('jupyter:spawned')
  })

  test('keeps its token out of a folder that others may write in', async () => {
    const runDir = temporaryFolder()
    chmodSync(runDir, 0o777)
    const lab = await labOf({ runDir, venvDir: venvOf(pretendLab('good')) })
    await expect.poll(() => reason(lab)).toContain(`${runDir} must be a folder of uid`)
  })

  test('takes JupyterLab of PATH when the volume of VENV_DIR hangs, and says so', async ({ skip }) => {
    const missing = noBindfs()
    skip(missing !== undefined, missing)
    const volume = await bindfs()
    venvOf('exit 1', volume.real)
    volume.process.kill('SIGSTOP')
    const onPath = venvOf(pretendLab('good'))
    const env = { PATH: `${volume.mounted}/bin:${onPath}/bin:/usr/bin:/bin` }
    const lab = await labOf({ venvDir: volume.mounted, env })
    await whenReady(lab)
    expect(lab.lines().join('\n')).toContain(`VENV_DIR (${volume.mounted}) does not answer`)
    expect(lab.status()?.details).toMatchObject({ program: join(onPath, 'bin/jupyter-lab') })
  }, 180_000)

  test('says that the volume of REPO_DIR hangs, and starts when it answers', async ({ skip }) => {
    const missing = noBindfs()
    skip(missing !== undefined, missing)
    const { mounted, process: server } = await bindfs()
    server.kill('SIGSTOP')
    const lab = await labOf({ rootDir: mounted, venvDir: venvOf(pretendLab('good')) })
    await expect.poll(() => reason(lab), { timeout: 60_000 }).toContain('does not answer: its volume hangs')
    server.kill('SIGCONT')
    await whenReady(lab)
  }, 180_000)

  test('runs as the account that it was given, whose are its files', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'changing the account needs root')
    const script =
      'place=$(dirname "$JUPYTER_RUNTIME_DIR"); id -u; stat -c %u:%a $place $place/*; exec sleep 60'
    const runDir = temporaryFolder()
    chmodSync(runDir, 0o711)
    const user = { uid: 65_534, gid: 65_534 }
    const lab = await labOf({ user, runDir, venvDir: venvOf(script), rootDir: '/' })
    await expect.poll(lab.lines).toEqual(['65534', '65534:700', '65534:600', '65534:700', '65534:600'])
  })
})
