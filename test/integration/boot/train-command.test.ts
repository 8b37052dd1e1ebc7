import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readProcess } from '../../../supervisor/process-table.ts'
import { repository, startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { sendSignal } from '../../fixtures/boot/send-signal.ts'
import { freePort } from '../../fixtures/chaos/free-port.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

describe('TRAIN_COMMAND', () => {
  test.each([
    ['an exit code', 'exit 7', { exitCode: 7, signal: null, reason: 'exit 7' }],
    ['a signal', 'kill -SEGV $$', { exitCode: null, signal: 'SIGSEGV', reason: 'signal SIGSEGV' }],
    [
      'a command that is not there, in words',
      'no-such-trainer --epochs 3',
      { exitCode: 127, signal: null, reason: 'exit 127: command not found' },
    ],
    [
      'a file that is not executable, in words',
      '$REPO_DIR/notes.txt',
      { exitCode: 126, signal: null, reason: 'exit 126: not executable' },
    ],
  ])('keeps and shows %s', async (_, command, ending) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'notes.txt'), 'no program')
    chmodSync(join(folder, 'notes.txt'), 0o644)
    const pod = startWithoutModel({ TRAIN_COMMAND: command, REPO_DIR: folder })
    await expect.poll(() => pod.state('trainer'), { timeout: 60_000 }).toBe('failed')
    expect(await pod.service('trainer')).toMatchObject({
      reason: ending.reason,
      lastEnding: { ok: false, ...ending },
    })
    expect(await pod.stop()).toMatchObject({ code: 0 })
    expect(pod.messages('trainer').join('\n')).toContain(`failed: ${ending.reason}`)
  })

  test('is not run when TRAIN_CWD is missing: the state says so, and the rest comes up', async () => {
    const pod = startWithoutModel({ TRAIN_COMMAND: 'echo it ran', TRAIN_CWD: '/no/such/folder' })
    await expect.poll(() => pod.state('trainer'), { timeout: 60_000 }).toBe('failed')
    expect((await pod.service('trainer'))?.reason).toContain('the working folder /no/such/folder is missing')
    expect(pod.messages('trainer')).not.toContain('it ran')
    expect((await pod.ask('/readyz')).status).toBe(200)
  })

  test('is run again after a failure with TRAIN_RESTART=on-failure, and not after a success', async () => {
    const pod = startWithoutModel({
      TRAIN_RESTART: 'on-failure',
      TRAIN_COMMAND: 'test -e $REPO_DIR/mark && exit 0; touch $REPO_DIR/mark; exit 3',
    })
    await expect.poll(() => pod.state('trainer'), { timeout: 60_000 }).toBe('completed')
    expect(await pod.service('trainer')).toMatchObject({ restarts: 1, lastEnding: { exitCode: 0 } })
    await pod.stop()
    expect(pod.messages('trainer').join('\n')).toMatch(/ended: exit 3\nrestarting in [\d.]+ s/)
  })

  test('finds its port free when its leader was killed and a worker still held it', async () => {
    const fixture = join(repository, 'test/fixtures/supervisor/leader-with-port.mjs')
    const port = await freePort()
    const pod = startWithoutModel({
      TRAIN_RESTART: 'always',
      TRAIN_COMMAND: `exec ${process.execPath} ${fixture} ${port}`,
    })
    const bound = () => pod.messages('trainer').filter((text) => text === 'bound').length
    await expect.poll(bound, { timeout: 60_000 }).toBe(1)
    sendSignal((await pod.service('trainer'))?.pid, 'SIGKILL')
    await expect.poll(bound, { timeout: 60_000 }).toBe(2)
    expect(pod.out.join('\n')).not.toContain('EADDRINUSE')
  })

  test('runs as RUNNER_USER itself, without a su in between that would keep signals from it', async ({
    skip,
  }) => {
    skip(process.getuid?.() !== 0, 'changing to another account needs root')
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'run'))
    chmodSync(folder, 0o755)
    const pod = startWithoutModel({
      RUNNER_USER: 'nobody',
      TRAIN_CWD: join(folder, 'run'),
      TRAIN_COMMAND: `trap 'echo asked; exit 0' TERM; id -un; echo "pid $$"; while :; do sleep 0.1; done`,
    })
    await pod.line('"nobody"')
    const pid = Number(/pid (\d+)"/.exec(await pod.line(/"msg":"pid \d+"/))?.[1])
    expect((await pod.service('trainer'))?.pid).toBe(pid)
    expect(readProcess(pid)?.parent).toBe(pod.pid)
    await pod.stop()
    expect(pod.messages('trainer')).toContain('asked')
  })

  test('finds the folders of its artifacts made for its account, where they are outside of REPO_DIR', async ({
    skip,
  }) => {
    skip(process.getuid?.() !== 0, 'changing to another account needs root')
    const volume = temporaryFolder()
    chmodSync(volume, 0o755)
    mkdirSync(join(volume, 'repo'))
    const checkpoints = join(volume, 'checkpoints')
    const pod = startWithoutModel({
      RUNNER_USER: 'nobody',
      REPO_DIR: join(volume, 'repo'),
      ARTIFACT_DIRS: [checkpoints, join(volume, 'not-mounted/models'), join(volume, 'repo/artifacts')].join(),
      TRAIN_COMMAND: `echo saved > ${checkpoints}/last.txt`,
    })
    await expect.poll(() => pod.state('trainer'), { timeout: 60_000 }).toBe('completed')
    expect(readdirSync(volume).sort()).toEqual(['checkpoints', 'repo'])
    expect(readdirSync(join(volume, 'repo'))).toEqual([])
    expect(pod.messages('trainer')).toContain(`${checkpoints} was missing: made for the trainer`)
  })
})
