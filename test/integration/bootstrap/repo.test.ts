import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BootstrapOptions } from '../../../services/bootstrap/service.ts'
import {
  bootstrapped,
  giveTo,
  openFolder,
  openFolderOfFile,
  options,
  runner,
} from '../../fixtures/bootstrap/bootstrap-pod.ts'
import { type GitServer, gitServer } from '../../fixtures/bootstrap/git-server.ts'
import { git, newOrigin, type Origin, writeFiles } from '../../fixtures/bootstrap/origin.ts'
import { limitMs } from '../../fixtures/limit.ts'

const root = openFolderOfFile()
let server: GitServer
let old: string
let newest: string

beforeAll(async () => {
  const origin: Origin = newOrigin(root)
  old = git(origin.bare, 'rev-parse', 'main')
  git(root, 'clone', '--quiet', origin.bare, 'old')
  newest = origin.push({ 'train.py': 'print("two")\n' })
  server = await gitServer(root)
})
afterAll(() => server.close())

const isRoot = process.getuid?.() === 0
const accounts = [
  { who: 'root-owned', account: { uid: 0, gid: 0, home: '/root' } },
  { who: 'runner-owned', account: runner },
]
const url = () => server.url('origin.git')
const text = (dir: string) => readFileSync(join(dir, 'train.py'), 'utf8')

/** A checkout of the first commit, as podmate would have cloned it. */
function oldCheckout(dir: string): void {
  git(root, 'clone', '--quiet', join(root, 'old'), dir)
  git(dir, 'remote', 'set-url', 'origin', url())
}

interface Row {
  readonly name: string
  readonly make: (dir: string) => void
  readonly state: string
  /** What is said with pull on, and with pull off. */
  readonly action: readonly [RegExp, RegExp]
  /** `train.py` with pull on, and with pull off. */
  readonly tree: readonly [string | undefined, string | undefined]
}

const one = 'print("one")\n'
const two = 'print("two")\n'
const rows: readonly Row[] = [
  { name: 'missing', make: () => {}, state: 'missing', action: [/^cloned$/, /^cloned$/], tree: [two, two] },
  {
    name: 'empty',
    make: (dir) => mkdirSync(dir),
    state: 'empty',
    action: [/^cloned$/, /^cloned$/],
    tree: [two, two],
  },
  {
    name: 'a clean checkout',
    make: oldCheckout,
    state: 'checkout',
    action: [/^fast-forwarded$/, /^none: GIT_AUTO_PULL is 0$/],
    tree: [two, one],
  },
  {
    name: 'a checkout with local changes',
    make(dir) {
      oldCheckout(dir)
      writeFiles(dir, { 'train.py': 'mine' })
    },
    state: 'changed',
    action: [/^left alone: it has local changes \(train.py\); commit/, /^none: GIT_AUTO_PULL is 0$/],
    tree: ['mine', 'mine'],
  },
  {
    name: 'a mounted tree',
    make: (dir) => writeFiles(dir, { 'requirements.txt': '', 'train.py': 'mine' }),
    state: 'mounted',
    action: [/^none: a mounted tree/, /^none: a mounted tree/],
    tree: ['mine', 'mine'],
  },
  {
    name: 'foreign files',
    make: (dir) => writeFiles(dir, { 'train.py': 'mine' }),
    state: 'foreign',
    action: [
      /^left alone: it holds other files \(train.py\)/,
      /^left alone: it holds other files \(train.py\)/,
    ],
    tree: ['mine', 'mine'],
  },
]

const matrix = rows.flatMap((row) =>
  accounts.flatMap(({ who, account }) => [true, false].map((pull) => ({ ...row, who, account, pull }))),
)

describe('bootstrap() with REPO_DIR that is', () => {
  it.each(matrix)('$name, $who, pull $pull', async ({ make, state, action, tree, account, pull }) => {
    const folder = openFolder()
    const given = options(folder, { url: url(), pull, ...(isRoot ? { account } : {}) })
    make(given.dir)
    if (isRoot && existsSync(given.dir)) giveTo(given.dir, account)
    const pod = await bootstrapped(given)
    const picked = pull ? 0 : 1
    expect(pod.status().state).toBe('completed')
    expect(pod.repo()).toMatchObject({ state, action: expect.stringMatching(action[picked]) })
    expect(text(given.dir)).toBe(tree[picked])
    await expect.poll(() => pod.state('trainer')).toBe('completed')
    if (isRoot) expect(strangersIn(given.dir, account.uid)).toEqual([])
  })
})

/** Paths that belong to somebody else: what git leaves behind when it runs as the wrong account. */
function strangersIn(dir: string, uid: number): readonly string[] {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' })
  return ['.', ...names].filter((name) => statSync(join(dir, name)).uid !== uid)
}

describe('bootstrap()', () => {
  const run = (folder: string, rest: Partial<BootstrapOptions> = {}) =>
    bootstrapped(options(folder, { url: url(), ...rest }))

  it('pulls at the second boot and at the third, although root runs it and the tree is another account’s', async ({
    skip,
  }) => {
    if (!isRoot) return skip('cannot be installed: only root can run git as another account')
    const folder = openFolder()
    const mine = newOrigin(root, 'three-boots.git')
    const rest = { url: server.url('three-boots.git'), account: runner }
    expect((await run(folder, rest)).repo()).toMatchObject({ action: 'cloned' })
    for (const round of ['two', 'three']) {
      const commit = mine.push({ 'train.py': round })
      expect((await run(folder, rest)).repo()).toMatchObject({ action: 'fast-forwarded', commit })
    }
    expect(strangersIn(join(folder, 'repo'), runner.uid)).toEqual([])
  })

  it('does nothing at the second boot, in less than a second', async () => {
    const folder = openFolder()
    await run(folder)
    const startedMs = performance.now()
    expect((await run(folder)).repo()).toMatchObject({ action: 'up to date', branch: 'main', commit: newest })
    expect(performance.now() - startedMs).toBeLessThan(limitMs(1000))
  })

  it('begins again where a kill left half a clone', async () => {
    const folder = openFolder()
    const half = join(folder, 'repo/.podmate-clone')
    git(root, 'clone', '--quiet', '--no-checkout', join(root, 'origin.git'), half)
    rmSync(join(half, '.git/refs'), { recursive: true })
    expect((await run(folder)).repo()).toMatchObject({ state: 'empty', action: 'cloned', commit: newest })
    expect(readdirSync(join(folder, 'repo')).sort()).toEqual(['.git', 'train.py'])
  })

  it('puts a clone in its place that a kill left complete but half moved', async () => {
    const folder = openFolder()
    const dir = join(folder, 'repo')
    oldCheckout(join(dir, '.podmate-clone'))
    writeFiles(join(dir, '.podmate-clone'), { '.git/podmate.json': '{}' })
    writeFiles(dir, { 'moved-already.txt': '' })
    expect((await run(folder)).repo()).toMatchObject({ action: 'cloned', commit: old })
    expect(readdirSync(dir).sort()).toEqual(['.git', 'moved-already.txt', 'train.py'])
  })
})
