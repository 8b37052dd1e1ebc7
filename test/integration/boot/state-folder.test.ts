import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Podmate, startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { noMounts, tmpfs } from '../../fixtures/state/mounts.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const withoutMounts = noMounts()

/** It is up, says why it keeps nothing, and ends as if nothing were wrong. */
async function expectToRunWithout(pod: Podmate, reason: string | RegExp): Promise<void> {
  const told = async () => (await pod.service('state'))?.reason
  await expect.poll(told, { timeout: 60_000 }).toMatch(reason)
  expect(await pod.state('http')).toBe('ready')
  expect((await pod.ask('/healthz')).status).toBe(200)
  expect(await pod.stop()).toMatchObject({ code: 0, signal: null })
}

test('podmate starts, and says so, when its state folder lies below a file', async () => {
  const file = join(temporaryFolder(), 'file')
  writeFileSync(file, '')
  const pod = startWithoutModel({ POD_STATE_DIR: join(file, 'state') })
  await expectToRunWithout(pod, 'below a file')
})

test('podmate starts, and says so, when its state folder may not be written', async () => {
  const folder = temporaryFolder()
  const dir = join(folder, 'state')
  mkdirSync(dir)
  chmodSync(dir, 0o555)
  const asRoot = process.getuid?.() === 0
  // Root may write everywhere, unless that right is taken from it.
  const wrapper = asRoot ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : []
  const pod = startWithoutModel({ POD_STATE_DIR: dir }, { wrapper })
  await expectToRunWithout(pod, 'may not be written')
})

test('podmate starts, and says so, when its state folder is on a read-only file system', async ({ skip }) => {
  skip(withoutMounts !== undefined, withoutMounts)
  const dir = tmpfs(64)
  execFileSync('mount', ['-o', 'remount,ro', dir])
  await expectToRunWithout(startWithoutModel({ POD_STATE_DIR: dir }), 'is on a read-only file system')
})

test('podmate starts, and says so, when its log folder cannot be made', async () => {
  const file = join(temporaryFolder(), 'file')
  writeFileSync(file, '')
  const pod = startWithoutModel({ POD_LOG_DIR: join(file, 'log') })
  await pod.line(`the log file in ${join(file, 'log')} cannot be written`)
  await expect.poll(() => pod.state('state'), { timeout: 60_000 }).toBe('ready')
  expect(await pod.stop()).toMatchObject({ code: 0, signal: null })
})

test('podmate goes on when the disk of its log is full', async ({ skip }) => {
  skip(withoutMounts !== undefined, withoutMounts)
  const dir = tmpfs(64)
  const pod = startWithoutModel({ POD_LOG_DIR: dir, TRAIN_COMMAND: `yes ${'x'.repeat(200)} | head -n 900` })
  await pod.line(`the log file in ${dir} cannot be written`)
  await expect.poll(() => pod.state('trainer'), { timeout: 60_000 }).toBe('completed')
  expect((await pod.ask('/readyz')).status).toBe(200)
  expect(await pod.stop()).toMatchObject({ code: 0, signal: null })
})
