import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const scripts = fileURLToPath(new URL('../../../scripts/', import.meta.url))
const fixtures = fileURLToPath(new URL('../../fixtures/setup', import.meta.url))

/** A clone with the set-up script in it, in which a fixture stands in for npm. */
function clone() {
  const root = temporaryFolder()
  const locks = join(root, 'tmp')
  mkdirSync(locks)
  cpSync(join(scripts, 'setup'), join(root, 'scripts/setup'), { recursive: true })
  cpSync(join(scripts, 'setup.mjs'), join(root, 'scripts/setup.mjs'))
  writeFileSync(join(root, 'package-lock.json'), '{"packages":{"":{},"node_modules/a":{"version":"1.0.0"}}}')
  const start = () => {
    const program = spawn(process.execPath, [join(root, 'scripts/setup.mjs')], {
      cwd: root,
      env: { PATH: `${join(root, 'node_modules/.bin')}:${fixtures}:/usr/bin:/bin`, TMPDIR: locks },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended = Promise.all([once(program, 'exit'), text(program.stderr)])
    return { program, ended: ended.then(([[code], said]) => ({ code: code as number | null, said })) } // as `exit` gives it
  }
  const runs = () => readFileSync(join(root, 'npm-runs'), 'utf8').trim().split('\n').length
  return { root, locks, start, setup: () => start().ended, runs }
}

describe('setup.mjs', () => {
  test('installs what the lock names once, says so in a line each, and is silent afterwards', async () => {
    const { root, setup, runs, locks } = clone()
    const first = await setup()
    expect(first.said).toMatch(
      /^setup: npm packages \.\.\. done \(\d+\.\d s\)\nsetup: compiled code \.\.\. done \(\d+\.\d s\)\n$/,
    )
    expect(first.code).toBe(0)
    expect(await setup()).toEqual({ code: 0, said: '' })
    expect(runs()).toBe(1)
    expect(readdirSync(locks)).toEqual([])
    // npm does not run on the Node that it deletes, and onnxruntime fetches nothing.
    expect(readFileSync(join(root, 'npm-environment'), 'utf8')).toBe(`skip ${fixtures}:/usr/bin:/bin\n`)
  })

  test.each<[string, (root: string) => void]>([
    ['the lock has changed', (root) => appendFileSync(join(root, 'package-lock.json'), '\n')],
    ['node_modules is gone', (root) => rmSync(join(root, 'node_modules'), { recursive: true })],
    ['its Node is gone', (root) => rmSync(join(root, 'node_modules/node/bin/node'))],
    ['an installation did not come to its end', (root) => rmSync(join(root, 'node_modules/.podmate-setup'))],
  ])('installs again when %s', async (_, change) => {
    const { root, setup, runs } = clone()
    await setup()
    change(root)
    await setup()
    expect(runs()).toBe(2)
  })

  test('leaves alone what was installed by hand from the same lock', async () => {
    const { root, setup, runs } = clone()
    execFileSync(join(fixtures, 'npm'), ['ci'], { cwd: root })
    const installed = (version: string) => `{"packages":{"node_modules/a":{"version":"${version}"}}}`
    writeFileSync(join(root, 'node_modules/.package-lock.json'), installed('1.0.0'))
    expect((await setup()).said).toContain('already as locked')
    expect(runs()).toBe(1)
    rmSync(join(root, 'node_modules/.podmate-setup'))
    writeFileSync(join(root, 'node_modules/.package-lock.json'), installed('0.9.0'))
    await setup()
    expect(runs()).toBe(2)
  })

  test.each([
    [
      'npm error network request failed, reason: getaddrinfo ENOTFOUND host',
      'the package registry cannot be reached',
    ],
    ["npm error EACCES: permission denied, mkdir '/x/node_modules'", 'this folder may not be written'],
    ['npm error ENOSPC: no space left on device', 'the disk is full'],
    [
      'npm error `npm ci` can only install packages when your package.json and lock are in sync',
      'Run `npm install`',
    ],
    ['npm error something new', 'it says\n  npm error something new'],
  ])('ends with 1 and a remedy when npm says: %s', async (npmSays, remedy) => {
    const { root, setup } = clone()
    writeFileSync(join(root, 'npm-fails'), npmSays)
    const { code, said } = await setup()
    expect(code).toBe(1)
    expect(said).toContain(remedy)
    expect(said).toContain(npmSays)
    expect(existsSync(join(root, 'node_modules/.podmate-setup'))).toBe(false)
  })

  test('installs once when two start at the same time; the second waits for the first', async () => {
    const { root, start, runs } = clone()
    execFileSync('/usr/bin/mkfifo', [join(root, 'npm-slow')])
    const first = start()
    await expect.poll(() => existsSync(join(root, 'npm-runs'))).toBe(true)
    const second = start()
    await once(second.program.stderr, 'data')
    writeFileSync(join(root, 'npm-slow'), '')
    expect(await first.ended).toMatchObject({ code: 0 })
    expect(await second.ended).toEqual({
      code: 0,
      said: `setup: waiting for another set-up of this folder (pid ${first.program.pid})\n`,
    })
    expect(runs()).toBe(1)
  })

  test('takes the lock of a set-up that was killed', async () => {
    const { root, start, setup, runs, locks } = clone()
    execFileSync('/usr/bin/mkfifo', [join(root, 'npm-slow')])
    const killed = start()
    await expect.poll(() => existsSync(join(root, 'npm-runs'))).toBe(true)
    killed.program.kill('SIGKILL')
    writeFileSync(join(root, 'npm-slow'), '') // its npm ends too
    await killed.ended
    expect(readdirSync(locks)).toHaveLength(1)
    rmSync(join(root, 'npm-slow'))
    rmSync(join(root, 'node_modules'), { recursive: true, force: true })
    expect(await setup()).toMatchObject({ code: 0 })
    expect(runs()).toBe(2)
    expect(readdirSync(locks)).toEqual([])
  })
})
