import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BootstrapOptions } from '../../../services/bootstrap/service.ts'
import {
  bootstrapped,
  openFolder,
  openFolderOfFile,
  options,
} from '../../fixtures/bootstrap/bootstrap-pod.ts'
import { type GitServer, gitServer } from '../../fixtures/bootstrap/git-server.ts'
import { git, newOrigin, type Origin, writeFiles } from '../../fixtures/bootstrap/origin.ts'

const root = openFolderOfFile()
let server: GitServer
let origin: Origin
let tagged: string
let dev: string
let main: string

beforeAll(async () => {
  origin = newOrigin(root)
  tagged = origin.push({ 'train.py': 'tagged' })
  origin.tag('v1')
  dev = origin.push({ 'train.py': 'dev' }, 'dev')
  git(origin.bare, 'branch', 'start', tagged)
  main = git(origin.bare, 'rev-parse', 'main')
  server = await gitServer(root)
})
afterAll(() => server.close())

const run = (folder: string, rest: Partial<BootstrapOptions> = {}) =>
  bootstrapped(options(folder, { url: server.url('origin.git'), ...rest }))
const repo = async (folder: string, rest: Partial<BootstrapOptions> = {}) => (await run(folder, rest)).repo()

/** A commit of the user in REPO_DIR. */
function commitByHand(dir: string): string {
  writeFiles(dir, { 'mine.py': 'mine' })
  git(dir, 'add', '--all')
  git(dir, 'commit', '--quiet', '--message', 'mine')
  return git(dir, 'rev-parse', 'HEAD')
}

describe('REPO_REF', () => {
  it.each([
    ['a branch', 'dev', () => ({ branch: 'dev', commit: dev })],
    ['a tag', 'v1', () => ({ commit: tagged })],
    ['a commit', () => tagged, () => ({ commit: tagged })],
    ['the first letters of a commit', () => dev.slice(0, 9), () => ({ commit: dev })],
  ])('may be %s, at the first boot and the second', async (_kind, ref, expected) => {
    const folder = openFolder()
    const name = typeof ref === 'string' ? ref : ref()
    expect(await repo(folder, { ref: name })).toMatchObject({ action: 'cloned', ...expected() })
    expect(await repo(folder, { ref: name })).toMatchObject({ action: 'up to date', ...expected() })
  })

  it('moves a checkout that podmate put where it is: to another branch, a tag, and back', async () => {
    const folder = openFolder()
    expect(await repo(folder)).toMatchObject({ branch: 'main', commit: main })
    expect(await repo(folder, { ref: 'dev' })).toMatchObject({
      action: 'switched',
      branch: 'dev',
      commit: dev,
    })
    const atTag = await repo(folder, { ref: 'v1' })
    expect(atTag).toMatchObject({ action: 'switched', commit: tagged })
    expect(atTag).not.toHaveProperty('branch')
    expect(await repo(folder, { ref: 'main' })).toMatchObject({
      action: 'switched',
      branch: 'main',
      commit: main,
    })
  })

  it('does not move a checkout away from a branch that was chosen by hand', async () => {
    const folder = openFolder()
    await run(folder)
    git(join(folder, 'repo'), 'switch', '--quiet', '-c', 'experiment')
    expect(await repo(folder, { ref: 'dev' })).toMatchObject({
      action:
        'left alone: it was put on branch experiment by hand, and REPO_REF is dev; `git switch dev` goes there',
      branch: 'experiment',
    })
    expect(await repo(folder)).toMatchObject({
      action: 'left alone: its branch experiment does not exist at the remote',
    })
  })

  it('does not move a checkout away from a commit that is on no branch', async () => {
    const folder = openFolder()
    await run(folder, { ref: 'v1' })
    const commit = commitByHand(join(folder, 'repo'))
    expect(await repo(folder, { ref: 'dev' })).toMatchObject({
      action: expect.stringMatching(/^left alone: it was put on a commit of no branch by hand/),
      commit,
    })
    expect(await repo(folder)).toMatchObject({
      action: expect.stringContaining('and REPO_REF is not set'),
      commit,
    })
  })
})

describe('a checkout is left alone', () => {
  it('when it is ahead of the remote', async () => {
    const folder = openFolder()
    await run(folder)
    const commit = commitByHand(join(folder, 'repo'))
    expect(await repo(folder)).toMatchObject({
      action: 'left alone: its branch main has commits that the remote does not have',
      commit,
    })
  })

  it('when it and the remote have diverged', async () => {
    const folder = openFolder()
    await run(folder, { ref: 'start' })
    const commit = commitByHand(join(folder, 'repo'))
    origin.push({ 'train.py': 'more' }, 'start')
    expect(await repo(folder)).toMatchObject({ action: expect.stringContaining('have diverged'), commit })
  })

  it('when a file that git does not know lies in the way', async () => {
    const folder = openFolder()
    const mine = newOrigin(root, 'in-the-way.git')
    const url = server.url('in-the-way.git')
    await run(folder, { url })
    writeFiles(join(folder, 'repo'), { 'result.txt': 'mine' })
    mine.push({ 'result.txt': 'theirs' })
    const pod = await run(folder, { url })
    expect(pod.status().state).toBe('completed')
    expect(pod.repo()).toMatchObject({
      action: expect.stringMatching(/^left alone: git failed.*overwritten by merge/),
    })
    expect(readFileSync(join(folder, 'repo/result.txt'), 'utf8')).toBe('mine')
  })

  it('when it is of another repository, whose password is not shown', async () => {
    const folder = openFolder()
    await run(folder)
    git(join(folder, 'repo'), 'remote', 'set-url', 'origin', 'https://me:sesame-open@example.org/other.git')
    const pod = await run(folder)
    expect(pod.repo()).toMatchObject({
      action: expect.stringContaining(
        'left alone: it is a checkout of https://example.org/other.git, not of REPO_URL',
      ),
      url: 'https://example.org/other.git',
    })
    expect(JSON.stringify([pod.events, pod.lines()])).not.toContain('sesame')
  })

  it('when its remote is reached with a key and REPO_URL is not set', async () => {
    const folder = openFolder()
    await run(folder)
    git(join(folder, 'repo'), 'remote', 'set-url', 'origin', 'git@127.0.0.1:origin.git')
    const rest = { url: undefined }
    expect(await repo(folder, rest)).toMatchObject({
      action: expect.stringContaining('set REPO_URL to its public'),
    })
  })
})

describe('bootstrap()', () => {
  it('runs no hook of the checkout', async () => {
    const folder = openFolder()
    await run(folder)
    const dir = join(folder, 'repo')
    writeFiles(dir, { '.git/hooks/post-merge': `#!/bin/sh\ntouch ${folder}/hooked\n` })
    git(dir, 'reset', '--quiet', '--hard', 'HEAD~1')
    git(dir, 'config', 'core.fsmonitor', `touch ${folder}/hooked; false`)
    expect(await repo(folder)).toMatchObject({ action: 'fast-forwarded', commit: main })
    expect(existsSync(join(folder, 'hooked'))).toBe(false)
  })

  it('takes a folder inside somebody’s repository for what it is, not for that repository', async () => {
    const folder = openFolder()
    git(folder, 'init', '--quiet')
    writeFiles(folder, { 'repo/requirements.txt': '' })
    expect(await repo(folder)).toMatchObject({ state: 'mounted' })
  })

  it('says that a broken .git is broken', async () => {
    const folder = openFolder()
    writeFiles(folder, { 'repo/.git/HEAD': 'nonsense' })
    expect(await repo(folder)).toMatchObject({
      state: 'damaged',
      action: expect.stringContaining('not a usable'),
    })
  })

  it('clones over file:// and completes with a repository that has no commit', async () => {
    const folder = openFolder()
    git(folder, 'init', '--quiet', '--bare', 'none.git')
    const pod = await run(folder, { url: `file://${folder}/none.git` })
    expect(pod.status().state).toBe('completed')
    expect(pod.repo()).toMatchObject({ action: 'cloned' })
    expect(pod.repo()).not.toHaveProperty('commit')
  })
})

describe('a name that is a branch and a tag', () => {
  it('is the branch, with REPO_REF and without, also when it moves on', async () => {
    const twice = newOrigin(root, 'twice.git')
    const old = twice.push({ f: '1' })
    for (const name of ['both', 'main']) git(twice.bare, 'tag', name, old)
    twice.push({ f: '2' }, 'both')
    const url = server.url('twice.git')
    const [named, unnamed] = [openFolder(), openFolder()]
    await run(named, { url, ref: 'both' })
    await run(unnamed, { url })
    const both = twice.push({ f: '3' }, 'both')
    const commit = twice.push({ f: '4' })
    expect(await repo(named, { url, ref: 'both' })).toMatchObject({
      action: 'fast-forwarded',
      branch: 'both',
      commit: both,
    })
    expect(await repo(unnamed, { url })).toMatchObject({ action: 'fast-forwarded', branch: 'main', commit })
  })
})

describe('a branch that was written anew', () => {
  it('is followed from where podmate brought it, and not from a commit of the user', async () => {
    const [before, after] = [newOrigin(root, 'before.git'), newOrigin(root, 'after.git')]
    before.push({ f: '1' })
    const commit = after.push({ f: 'another' })
    const [untouched, touched] = [openFolder(), openFolder()]
    for (const folder of [untouched, touched]) await run(folder, { url: server.url('before.git') })
    before.push({ f: '2' })
    for (const folder of [untouched, touched])
      expect(await repo(folder, { url: server.url('before.git') })).toMatchObject({
        action: 'fast-forwarded',
      })
    const mine = commitByHand(join(touched, 'repo'))
    git(before.bare, 'fetch', '--quiet', '--force', after.bare, '+main:main')
    expect(await repo(untouched, { url: server.url('before.git') })).toMatchObject({
      action: expect.stringMatching(/^follows a force-push: /),
      commit,
    })
    expect(await repo(touched, { url: server.url('before.git') })).toMatchObject({
      action: expect.stringContaining('have diverged'),
      commit: mine,
    })
  })
})

describe('what a checkout needs beside its commits', () => {
  it('is fetched, or said not to be: submodules and files of Git LFS', async () => {
    newOrigin(root, 'lib.git').push({ 'lib.py': 'X=1' })
    const whole = newOrigin(root, 'whole.git')
    const work = join(root, 'whole.git-work')
    git(work, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', '../lib.git', 'lib')
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'7'.repeat(64)}\nsize 12345\n`
    whole.push({ '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n', 'data.bin': pointer })
    const url = server.url('whole.git')
    const [with_, without] = [openFolder(), openFolder()]
    const fetched = await run(with_, { url })
    expect(readFileSync(join(with_, 'repo/lib/lib.py'), 'utf8')).toBe('X=1')
    expect(fetched.repo()).toMatchObject({
      action: expect.stringMatching(/^cloned; LFS files were not fetched: data\.bin \(/),
    })
    expect(await repo(without, { url, submodules: false, lfs: false })).toMatchObject({
      action:
        'cloned; submodules were not fetched: lib (GIT_SUBMODULES is 0); LFS files were not fetched: data.bin (GIT_LFS is 0)',
    })
    expect(existsSync(join(without, 'repo/lib/lib.py'))).toBe(false)
  })
})
