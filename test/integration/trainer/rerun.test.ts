import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readCommit } from '../../../services/trainer/read-commit.ts'
import { repository, startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { podctl } from '../../fixtures/http/run-program.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const timeout = 20_000
const path = process.env.PATH

function repositoryIn(folder: string): (message: string) => void {
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b.example', ...words])
  git('init', '-q')
  const commit = (message: string) => void git('commit', '-q', '--allow-empty', '-m', message)
  commit('first')
  return commit
}

describe('the trainer', () => {
  test('does not run again what completed at this commit, until somebody asks for it', async () => {
    const folder = temporaryFolder()
    const state = temporaryFolder()
    const commit = repositoryIn(folder)
    const env = { TRAIN_COMMAND: 'echo it ran', REPO_DIR: folder, POD_STATE_DIR: state }
    const boot = async (more: NodeJS.ProcessEnv = {}) => {
      const pod = startWithoutModel({ ...env, ...more })
      await expect.poll(() => pod.state('trainer'), { timeout }).toBe('completed')
      return pod
    }
    const ran = (pod: Awaited<ReturnType<typeof boot>>) =>
      pod.messages('trainer').filter((text) => text === 'it ran').length

    const first = await boot()
    await first.stop()
    expect(ran(first)).toBe(1)

    const second = await boot()
    expect(await second.service('trainer')).toMatchObject({
      reason: expect.stringMatching(
        /^this command at commit [\da-f]{7} has completed before \(.*UTC\); TRAIN_RERUN=1 or/,
      ),
      lastEnding: { ok: true, exitCode: 0 },
    })
    expect(ran(second)).toBe(0)
    expect(await podctl(['restart', 'trainer'], { PODMATE_SOCKET: await second.socket() })).toMatchObject({
      code: 0,
    })
    await expect.poll(() => ran(second), { timeout }).toBe(1)
    await second.stop()

    const asked = await boot({ TRAIN_RERUN: '1' })
    await asked.stop()
    expect(ran(asked)).toBe(1)

    commit('second')
    const changed = await boot()
    await changed.stop()
    expect(ran(changed)).toBe(1)
  }, 180_000)

  test('runs again what failed, or was stopped and ended well', async () => {
    const folder = temporaryFolder()
    const env = {
      POD_STATE_DIR: temporaryFolder(),
      REPO_DIR: folder,
      TRAIN_COMMAND: 'trap "echo saved; exit 0" TERM; echo it began; sleep 60 & wait',
    }
    const first = startWithoutModel(env)
    await first.line('it began')
    await first.stop()
    expect(first.messages('trainer')).toContain('saved')
    const second = startWithoutModel(env)
    await second.line('it began')
    await second.stop()
  }, 180_000)
})

describe('readCommit()', () => {
  test('gives the commit, from a folder inside of the repository too, whoever owns it', async () => {
    const folder = temporaryFolder()
    repositoryIn(folder)
    mkdirSync(join(folder, 'inside'))
    const commit = await readCommit(join(folder, 'inside'), { path })
    expect(commit).toMatch(/^[\da-f]{40}$/)
    if (process.getuid?.() === 0) execFileSync('chown', ['-R', '12345', folder])
    expect(await readCommit(folder, { path })).toBe(commit)
  })

  test('gives null where there is no repository, no commit or no git', async () => {
    const folder = temporaryFolder()
    expect(await readCommit(folder, { path })).toBeNull()
    expect(await readCommit(join(folder, 'not-there'), { path })).toBeNull()
    expect(await readCommit(repository, { path: folder })).toBeNull()
    execFileSync('git', ['-C', folder, 'init', '-q'])
    expect(await readCommit(folder, { path })).toBeNull()
  })

  test('does not wait for a git that hangs', async () => {
    const bin = temporaryFolder()
    writeFileSync(join(bin, 'git'), '#!/bin/sh\nexec /bin/sleep 60\n')
    chmodSync(join(bin, 'git'), 0o755)
    expect(await readCommit(repository, { path: bin })).toBeUndefined()
  })
})
