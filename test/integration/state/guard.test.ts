import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { SavedJob } from '../../../services/state/jobs-calls.ts'
import { readyStatePod, statePod } from '../../fixtures/state/state-pod.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const withoutRoot = process.getuid?.() === 0 ? undefined : 'cannot be installed: only root is in danger'
/** An account of every Linux. */
const runner = 65_534
const job: SavedJob = {
  id: 'job',
  name: 'a job',
  status: 'running',
  token: 'token',
  source: 'hand',
  command: null,
  exitCode: null,
  signal: null,
  reason: null,
  error: null,
  attempts: 1,
  runId: 'run',
  createdAt: 1,
  startedAt: 1,
  endedAt: null,
}
const mode = (path: string) => lstatSync(path).mode & 0o7777

function runnersVolume(): { readonly root: string; readonly volume: string } {
  const root = temporaryFolder()
  const volume = join(root, 'workspace')
  mkdirSync(volume)
  chownSync(volume, runner, runner)
  return { root, volume }
}

test('a volume that an account owns becomes root’s with the sticky bit, so that the state cannot be swapped', async ({
  skip,
}) => {
  skip(withoutRoot !== undefined, withoutRoot)
  const { volume } = runnersVolume()
  mkdirSync(join(volume, 'checkpoints'))
  chownSync(join(volume, 'checkpoints'), runner, runner)
  const { port, log } = await readyStatePod(join(volume, 'state'))
  await port.append('log', 'a line\n')
  expect([lstatSync(volume).uid, mode(volume)]).toEqual([0, 0o1775])
  expect(lstatSync(join(volume, 'checkpoints')).uid).toBe(runner)
  expect([lstatSync(join(volume, 'state')).uid, mode(join(volume, 'state'))]).toEqual([0, 0o700])
  expect(log().join()).toMatch(/workspace is root's now, with the sticky bit/)
})

test('a folder of a number without an account, as a host may give one, is used as it is', async ({
  skip,
}) => {
  skip(withoutRoot !== undefined, withoutRoot)
  const volume = join(temporaryFolder(), 'workspace')
  mkdirSync(join(volume, 'state'), { recursive: true })
  for (const path of [volume, join(volume, 'state')]) chownSync(path, 4711, 4711)
  const { port } = await readyStatePod(join(volume, 'state'))
  await port.append('log', 'a line\n')
  expect([lstatSync(volume).uid, mode(volume)]).toEqual([4711, 0o755])
})

test('what an account has planted as the state folder is taken back, and its links lead nowhere', async ({
  skip,
}) => {
  skip(withoutRoot !== undefined, withoutRoot)
  const { root, volume } = runnersVolume()
  const victim = join(root, '.bashrc')
  writeFileSync(victim, 'of root\n')
  const planted = join(volume, 'state/pod1')
  mkdirSync(planted, { recursive: true })
  for (const name of ['log', 'text', 'jobs.sqlite', 'log.tmp', 'text.tmp'])
    symlinkSync(victim, join(planted, name))
  symlinkSync(join(root, 'made'), join(planted, 'made.tmp'))
  linkSync(victim, join(planted, 'hard'))
  for (const path of [join(volume, 'state'), planted]) chownSync(path, runner, runner)
  const { port } = await readyStatePod(join(volume, 'state'))
  await port.append('log', 'a line\n')
  await port.writeText('text', 'a text')
  await port.writeText('hard', 'a text')
  await port.writeText('made', 'a text')
  await port.jobs.ask({ call: 'save', job })
  expect(readFileSync(victim, 'utf8')).toBe('of root\n')
  expect(existsSync(join(root, 'made'))).toBe(false)
  expect(readFileSync(join(planted, 'log'), 'utf8')).toBe('a line\n')
  expect(lstatSync(join(planted, 'jobs.sqlite')).isFile()).toBe(true)
  expect(readdirSync(planted)).toEqual(
    expect.arrayContaining(['not-ours-hard', 'not-ours-jobs.sqlite', 'not-ours-log']),
  )
  expect(lstatSync(planted).uid).toBe(0)
})

test('a link of another account on the way to the state folder is refused by name', async ({ skip }) => {
  skip(withoutRoot !== undefined, withoutRoot)
  const { root, volume } = runnersVolume()
  mkdirSync(join(root, 'elsewhere'))
  symlinkSync(join(root, 'elsewhere'), join(volume, 'way'))
  const { status } = statePod(join(volume, 'way/state'))
  await expect
    .poll(() => status()?.reason)
    .toMatch(
      /workspace belongs to uid 65534, who could swap what root writes below it; chown root and chmod \+t it, or set POD_STATE_DIR/,
    )
  chownSync(volume, 0, 0)
  chmodSync(volume, 0o1777)
  await expect.poll(() => status()?.state).toBe('ready')
  expect(readdirSync(join(root, 'elsewhere'))).toEqual(['state'])
  renameSync(join(volume, 'way'), join(volume, 'was'))
})
