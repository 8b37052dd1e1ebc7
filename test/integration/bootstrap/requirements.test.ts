import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { BootstrapOptions } from '../../../services/bootstrap/service.ts'
import { listProcesses } from '../../../supervisor/process-table.ts'
import {
  type BootstrapPod,
  bootstrapPod,
  bootstrapped,
  giveTo,
  openFolder,
  openFolderOfFile,
  options,
  quickRetry,
  runner,
} from '../../fixtures/bootstrap/bootstrap-pod.ts'
import { writeFiles } from '../../fixtures/bootstrap/origin.ts'
import { sourcePackage, wheel } from '../../fixtures/bootstrap/python-packages.ts'
import { limitMs } from '../../fixtures/limit.ts'

// Making a virtual environment takes seconds: this one serves all tests of the file.
const folder = openFolderOfFile()
const venv = join(folder, 'venv')
const repo = join(folder, 'repo')
const stamp = join(venv, '.podmate-requirements.sha256')
const packages = join(folder, 'packages')

const given = (rest: Partial<BootstrapOptions> = {}) =>
  options(folder, { clone: false, pull: false, sync: true, ...rest })
const run = (rest?: Partial<BootstrapOptions>) => bootstrapped(given(rest))
const write = (files: Readonly<Record<string, string>>) => writeFiles(repo, files)
const ranPip = (pod: BootstrapPod) => pod.lines().some((line) => line.startsWith('pip: '))

/** The version of an installed module; undefined when it is not installed. */
function versionIn(where: string, name: string): string | undefined {
  const { stdout } = spawnSync(join(where, 'bin/python'), ['-c', `import ${name}; print(${name}.version)`], {
    encoding: 'utf8',
  })
  return stdout.trim() || undefined
}

beforeAll(() => void mkdirSync(packages))
beforeEach(() => rmSync(repo, { recursive: true, force: true }))

describe('bootstrap()', () => {
  it('makes the virtual environment, installs, stamps, and does nothing at the second boot', async () => {
    write({ 'requirements.txt': wheel(packages, 'first', '1.0') })
    const pod = await run()
    expect(pod.lines().at(-1)).toMatch(/^requirements: installed: in \d/)
    expect(pod.requirements()).toMatchObject({ state: 'installed', seconds: expect.any(Number) })
    expect(pod.requirements()).toMatchObject({ hash: readFileSync(stamp, 'utf8').trim() })
    expect(versionIn(venv, 'first')).toBe('1.0')
    await expect.poll(() => pod.state('trainer')).toBe('completed')

    const startedMs = performance.now()
    const second = await run()
    expect(performance.now() - startedMs).toBeLessThan(limitMs(1000))
    expect(second.requirements()).toMatchObject({ state: 'up to date' })
    expect(ranPip(second)).toBe(false)
  })

  it('installs again when an included file has changed, and only then', async () => {
    write({ 'requirements.txt': '-r deep/base.txt\n', 'deep/base.txt': wheel(packages, 'second', '1.0') })
    expect(ranPip(await run())).toBe(true)
    expect(ranPip(await run())).toBe(false)
    write({ 'deep/base.txt': wheel(packages, 'second', '2.0') })
    expect(ranPip(await run())).toBe(true)
    expect(versionIn(venv, 'second')).toBe('2.0')
  })

  it('installs at every start with FORCE_PIP_SYNC', async () => {
    write({ 'requirements.txt': wheel(packages, 'first', '1.0') })
    await run()
    expect(ranPip(await run({ force: true }))).toBe(true)
    expect(ranPip(await run({ force: true }))).toBe(true)
  })

  it('names the package and the file that cannot be resolved, stamps nothing, and blocks who needs it', async () => {
    write({ 'requirements.txt': wheel(packages, 'first', '1.0') })
    await run()
    write({ 'requirements.txt': '--no-index\nno-such-package==3.1\n' })
    const pod = await run()
    const reason = `exit 22: pip could not install no-such-package==3.1 of ${repo}/requirements.txt; correct the file, or look at the network (pip, exit 1: ERROR: No matching distribution found`
    expect(pod.status()).toMatchObject({ state: 'restarting', reason: expect.stringContaining(reason) })
    expect(pod.pod.status().services.trainer).toMatchObject({
      state: 'blocked',
      reason: `bootstrap failed (${pod.status().reason})`,
    })
    expect(existsSync(stamp)).toBe(false)
    write({ 'requirements.txt': wheel(packages, 'first', '1.0') })
    expect(await pod.pod.command('restart', 'bootstrap', { force: false })).toMatchObject({ ok: true })
    expect(existsSync(stamp)).toBe(true)
    await expect.poll(() => pod.state('trainer')).toBe('completed')
  })

  it('stamps nothing after a build that failed once, and installs at the next try', async () => {
    const path = sourcePackage(packages, 'failing', 'fail')
    write({ 'requirements.txt': path })
    const env = { ...given().env, PACKAGE_ORIGIN: path }
    const pod = await run({ env })
    expect(pod.status().reason).toMatch(/^exit 22: pip could not install/)
    expect(pod.lines().join()).toContain('the build was told to fail')
    expect(existsSync(stamp)).toBe(false)
    writeFiles(path, { mode: 'build' })
    expect(await pod.pod.command('restart', 'bootstrap', { force: false })).toMatchObject({ ok: true })
    expect(versionIn(venv, 'failing')).toBe('1.0')
  })

  it('installs again when it was killed half-way, and leaves no process of pip behind', async () => {
    const path = sourcePackage(packages, 'killed', 'hang')
    write({ 'requirements.txt': path })
    const env = { ...given().env, PACKAGE_ORIGIN: path, OMP_NUM_THREADS: '3' }
    const pod = bootstrapPod(given({ env }), { timings: quickRetry })
    await expect.poll(() => existsSync(join(path, 'threads')), { timeout: 60_000 }).toBe(true)
    const pid = Number(pod.status().pid)
    expect(pid).toBeGreaterThan(1)
    const family = listProcesses().filter(({ group }) => group === pid)
    expect(family.length).toBeGreaterThan(1)
    writeFiles(path, { mode: 'build' })
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => pod.status().state, { timeout: 60_000 }).toBe('completed')
    const alive = new Set(listProcesses().map((entry) => entry.pid))
    expect(family.filter((entry) => alive.has(entry.pid))).toEqual([])
    expect(versionIn(venv, 'killed')).toBe('1.0')
    expect(readFileSync(join(path, 'threads'), 'utf8')).toBe('3')
  })

  it('ends a pip that hangs when its time is over, with all that it started', async () => {
    const path = sourcePackage(packages, 'hanging', 'hang')
    write({ 'requirements.txt': path })
    const env = { ...given().env, PACKAGE_ORIGIN: path }
    const pod = await run({ env, timeoutMs: 4000 })
    expect(pod.status().reason).toMatch(
      /^exit 124: pip in VENV_DIR did not finish within 4 s \(BOOTSTRAP_TIMEOUT/,
    )
    expect(existsSync(join(path, 'threads'))).toBe(true)
    const spawned = pod.events.flatMap((event) => (event.type === 'spawned' ? [event.pid] : []))
    expect(listProcesses().filter(({ group }) => spawned.includes(group))).toEqual([])
    expect(existsSync(stamp)).toBe(false)
  })

  it('says what is wrong with REQUIREMENTS_FILE, and wants none where none was named', async () => {
    writeFiles(repo, { 'train.py': '' })
    expect((await run()).requirements()).toMatchObject({ state: 'none' })
    const pod = await run({ requirementsFile: 'absent.txt' })
    expect(pod.status().reason).toBe(
      `exit 20: REQUIREMENTS_FILE: ${repo}/absent.txt does not exist; correct or unset it`,
    )
  })

  it('says what is wrong with VENV_DIR', async () => {
    write({ 'requirements.txt': '' })
    const bare = join(openFolder(), 'bare')
    spawnSync('/usr/bin/python3', ['-m', 'venv', '--without-pip', bare])
    expect((await run({ venv: bare })).status().reason).toMatch(
      /^exit 22: the Python of VENV_DIR has no pip; run/,
    )
    const full = openFolder()
    writeFiles(full, { 'thesis.txt': 'mine' })
    expect((await run({ venv: full })).status().reason).toMatch(
      /^exit 21: VENV_DIR is not empty and has no bin/,
    )
    const env = { PATH: '/nonexistent', HOME: folder }
    const pod = await run({ venv: join(openFolder(), 'venv'), env })
    expect(pod.status().reason).toMatch(
      /^exit 21: VENV_DIR could not be made; install python3 with its venv module/,
    )
  })

  it('makes a venv that a kill left half made again, as the owner of the repository it lies in', async () => {
    const place = openFolder()
    const own = { dir: join(place, 'repo'), venv: join(place, 'repo/.venv') }
    writeFiles(own.dir, {
      'requirements.txt': wheel(place, 'third', '1.0'),
      '.venv/.podmate-unfinished': '',
      '.venv/bin/python': 'half',
    })
    if (process.getuid?.() === 0) giveTo(own.dir, runner)
    expect((await run(own)).requirements()).toMatchObject({ state: 'installed' })
    expect(versionIn(own.venv, 'third')).toBe('1.0')
    const uid = statSync(own.dir).uid
    const names = readdirSync(own.venv, { recursive: true, encoding: 'utf8' })
    const strangers = names
      .filter((name) => !name.includes('__pycache__')) // made by the question above
      .filter((name) => lstatSync(join(own.venv, name)).uid !== uid)
    expect(strangers).toEqual([])
  })
})
