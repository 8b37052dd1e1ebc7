import { once } from 'node:events'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BootstrapOptions } from '../../../services/bootstrap/service.ts'
import { listProcesses } from '../../../supervisor/process-table.ts'
import {
  bootstrapPod,
  bootstrapped,
  giveTo,
  openFolder,
  openFolderOfFile,
  options,
  quickRetry,
  runner,
} from '../../fixtures/bootstrap/bootstrap-pod.ts'
import { type GitServer, gitServer } from '../../fixtures/bootstrap/git-server.ts'
import { newOrigin, type Origin } from '../../fixtures/bootstrap/origin.ts'
import { bindfs, noBindfs, noMounts, tmpfs } from '../../fixtures/state/mounts.ts'

const root = openFolderOfFile()
let server: GitServer
let origin: Origin

beforeAll(async () => {
  origin = newOrigin(root)
  server = await gitServer(root)
})
afterAll(() => server.close())

const url = () => server.url('origin.git')
const run = (folder: string, rest: Partial<BootstrapOptions> = {}) =>
  bootstrapped(options(folder, { url: url(), ...rest }))

/** A port of this machine on which nobody listens. */
async function closedPort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  listener.close()
  await once(listener, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

describe('bootstrap() says what is wrong, and blocks who needs it, when', () => {
  const expectFailure = async (rest: Partial<BootstrapOptions>, reason: RegExp, folder = openFolder()) => {
    const pod = await run(folder, rest)
    expect(pod.status()).toMatchObject({ state: 'restarting', reason: expect.stringMatching(reason) })
    expect(pod.pod.status().services.trainer).toMatchObject({
      state: 'blocked',
      reason: `bootstrap failed (${pod.status().reason})`,
    })
    return pod
  }

  it('REPO_URL cannot be reached', async () => {
    const nobody = `http://127.0.0.1:${await closedPort()}/a.git`
    await expectFailure(
      { url: nobody },
      /^exit 10: REPO_URL could not be reached; look at the address.*exit 128/,
    )
  })

  it('REPO_URL is a private repository', async () => {
    server.faults.push('private', 'private')
    await expectFailure({}, /^exit 12: REPO_URL names no public git repository/)
    server.faults.length = 0
  })

  it('REPO_URL is no repository', async () => {
    await expectFailure(
      { url: server.url('nothing.git') },
      /^exit 12: REPO_URL names no public git repository/,
    )
    await expectFailure(
      { url: `file://${root}/nothing` },
      /^exit 12: REPO_URL names no public git repository/,
    )
  })

  it('REPO_REF does not exist, before anything is cloned', async () => {
    const folder = openFolder()
    await expectFailure(
      { ref: 'no-such' },
      /^exit 11: REPO_REF names no branch, tag or commit of REPO_URL; correct/,
      folder,
    )
    expect(readdirSync(join(folder, 'repo'))).toEqual(['.podmate-clone'])
  })

  it('REPO_REF looks like a commit and does not exist', async () => {
    await expectFailure({ ref: 'deadbeef' }, /^exit 11: REPO_REF names no/)
    await expectFailure({ ref: 'deadbeef'.repeat(5) }, /^exit 11: REPO_REF names no/)
  })

  it('REPO_DIR is a file', async () => {
    const folder = openFolder()
    writeFileSync(join(folder, 'repo'), '')
    await expectFailure({}, /^exit 14: REPO_DIR: it is no folder; correct it/, folder)
  })

  it('REPO_DIR would lie where a third account could put something else in its place', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'giving a folder to another account needs root')
    const folder = openFolder()
    giveTo(folder, { uid: 4712, gid: 4712 })
    await expectFailure({ account: runner }, /^exit 14: REPO_DIR: it may not be written/, folder)
    expect(readdirSync(folder)).toEqual([])
  })

  it('the volume of REPO_DIR is full', async ({ skip }) => {
    const problem = noMounts()
    if (problem) return skip(problem)
    await expectFailure({ dir: tmpfs(64) }, /^exit 13: REPO_DIR: its volume is full; free some space/)
  })

  it('git is not installed', async () => {
    await expectFailure({ env: { PATH: openFolder() } }, /^exit 15: git is not installed; install it/)
  })

  it('an address would run a program', async () => {
    const folder = openFolder()
    await expectFailure({ url: `ext::touch ${folder}/run` }, /^exit 12: REPO_URL names no public/, folder)
    await expectFailure({ ref: `--upload-pack=touch ${folder}/run` }, /^exit 11: REPO_REF names no/)
    expect(existsSync(join(folder, 'run'))).toBe(false)
  })

  it('git hangs: it is killed with all that it started', async () => {
    server.faults.push('hang')
    const pod = await expectFailure(
      { timeoutMs: 800 },
      /^exit 124: git in REPO_DIR did not finish within 0.8 s \(BOOTSTRAP_TIMEOUT_SECONDS\)/,
    )
    const spawned = pod.events.flatMap((event) => (event.type === 'spawned' ? [event.pid] : []))
    expect(spawned.length).toBeGreaterThan(0)
    expect(listProcesses().filter(({ group }) => spawned.includes(group))).toEqual([])
  })
})

describe('bootstrap()', () => {
  it('tries an unreachable remote again within one run', async () => {
    server.faults.push('unavailable', 'unavailable')
    const pod = await run(openFolder())
    expect(pod.status()).toMatchObject({ state: 'completed', attempt: 1 })
  })

  it('is tried again by the supervisor, and lets its followers go when it has worked', async () => {
    server.faults.push('unavailable', 'unavailable', 'unavailable')
    const pod = bootstrapPod(options(openFolder(), { url: url() }), { timings: quickRetry })
    await expect.poll(() => pod.state('trainer'), { timeout: 60_000 }).toBe('completed')
    expect(pod.status()).toMatchObject({ state: 'completed', attempt: 2 })
    const blocked = pod.events.flatMap((event) => (event.type === 'blocked' ? [event.reason] : []))
    expect(blocked.at(-1)).toMatch(/^bootstrap failed \(exit 10: REPO_URL could not be reached/)
  })

  it('is run again by a command, which answers with what came of it', async () => {
    const pod = await run(openFolder(), { ref: 'later' })
    const again = () => pod.pod.command('restart', 'bootstrap', { force: false })
    expect(await again()).toEqual({
      ok: false,
      message: expect.stringContaining('exit 11: REPO_REF names no'),
    })
    origin.push({ 'late.txt': '' }, 'later')
    expect(await again()).toMatchObject({
      ok: true,
      message: expect.stringContaining('bootstrap is completed'),
    })
    await expect.poll(() => pod.state('trainer')).toBe('completed')
  })

  it('begins again when it was killed in the middle of a clone', async () => {
    const folder = openFolder()
    server.requests.length = 0
    server.faults.push('answer', 'answer', 'hang')
    const pod = bootstrapPod(options(folder, { url: url() }), { timings: quickRetry })
    await expect.poll(() => server.requests.length, { timeout: 60_000 }).toBe(3)
    process.kill(-Number(pod.status().pid), 'SIGKILL') // NaN, and so refused, when there is none
    await expect.poll(() => pod.status().state, { timeout: 60_000 }).toBe('completed')
    expect(pod.repo()).toMatchObject({ state: 'empty', action: 'cloned' })
    expect(readdirSync(join(folder, 'repo'))).toContain('train.py')
  })

  it('ends in time on a volume that hangs, and works when it answers again', async ({ skip }) => {
    const problem = noBindfs()
    if (problem) return skip(problem)
    const { mounted, process: volume } = await bindfs()
    volume.kill('SIGSTOP')
    const pod = bootstrapPod(
      options(openFolder(), { url: url(), dir: join(mounted, 'repo'), timeoutMs: 1500 }),
    )
    await expect.poll(() => pod.status().state, { timeout: 60_000 }).toBe('restarting')
    expect(pod.status().reason).toMatch(/^exit 124: git in REPO_DIR did not finish within 1.5 s/)
    volume.kill('SIGCONT')
    expect(await pod.pod.command('restart', 'bootstrap', { force: false })).toMatchObject({ ok: true })
    expect(pod.repo()).toMatchObject({ action: 'cloned' })
  })

  it('goes on with the checkout that is there when the remote cannot be reached', async () => {
    const folder = openFolder()
    await run(folder)
    server.faults.push('unavailable', 'unavailable', 'unavailable')
    const pod = await run(folder)
    expect(pod.status().state).toBe('completed')
    expect(pod.repo()).toMatchObject({
      action: expect.stringMatching(/^left alone: REPO_URL could not be reached/),
    })
  })
})
