import { chmodSync, chownSync, lchownSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { makeFolder } from '../../../supervisor/make-folder.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const owner = { uid: 4711, gid: 4711 }
const facts = (path: string) => {
  const { uid, mode } = statSync(path)
  return [uid, (mode & 0o777).toString(8)]
}

beforeEach(({ skip }) => skip(process.getuid?.() !== 0, 'making folders for another account needs root'))

/** A folder as the root of a volume may be. */
function volume(uid: number, mode: number): string {
  const folder = temporaryFolder()
  chownSync(folder, uid, uid)
  chmodSync(folder, mode)
  return folder
}

test('makeFolder() makes a folder for an account where only root may write, with what it lies in', async () => {
  const root = volume(0, 0o755)
  const umask = process.umask(0o077)
  try {
    expect(await makeFolder(join(root, 'one/two'), owner, { deep: true })).toBe(true)
  } finally {
    process.umask(umask)
  }
  expect([facts(join(root, 'one')), facts(join(root, 'one/two'))]).toEqual([
    [0, '755'],
    [4711, '755'],
  ])
})

test('makeFolder() makes it by the account itself where that may write', async () => {
  for (const root of [volume(4711, 0o755), volume(0, 0o777)]) {
    expect(await makeFolder(join(root, 'one'), owner, { deep: false })).toBe(true)
    expect(facts(join(root, 'one'))).toEqual([4711, '755'])
  }
})

test('makeFolder() makes nothing as root where others could put something else in its place', async () => {
  // An account that may change the modes of its folder is one that may write there.
  for (const root of [volume(4711, 0o555), volume(4712, 0o755), volume(0, 0o775)]) {
    expect(await makeFolder(join(root, 'one'), owner, { deep: true })).toBe(false)
    expect(() => statSync(join(root, 'one'))).toThrow('ENOENT')
  }
})

test('makeFolder() leaves alone what is there, and makes no parents unless it is to', async () => {
  const root = volume(0, 0o755)
  mkdirSync(join(root, 'there'))
  symlinkSync(join(root, 'nowhere'), join(root, 'link'))
  expect(await makeFolder(join(root, 'there'), owner, { deep: true })).toBe(false)
  expect(await makeFolder(join(root, 'link'), owner, { deep: true })).toBe(false)
  expect(await makeFolder(join(root, 'one/two'), owner, { deep: false })).toBe(false)
  expect([facts(join(root, 'there'))[0], () => statSync(join(root, 'one'))]).toEqual([
    0,
    expect.any(Function),
  ])
  expect(() => statSync(join(root, 'one'))).toThrow('ENOENT')
  expect(() => statSync(join(root, 'nowhere'))).toThrow('ENOENT')
})

test('makeFolder() follows no link of another account on the way, only links of root', async () => {
  const elsewhere = volume(0, 0o755)
  for (const [root, linksOwner] of [
    [volume(4711, 0o755), 4711],
    [volume(4711, 0o755), 0],
    [volume(0, 0o1777), 4711],
  ] as const) {
    symlinkSync(elsewhere, join(root, 'link'))
    lchownSync(join(root, 'link'), linksOwner, linksOwner)
    expect(await makeFolder(join(root, 'link/one'), owner, { deep: true })).toBe(false)
    expect(readdirSync(elsewhere)).toEqual([])
  }
  const root = volume(0, 0o1777)
  symlinkSync(elsewhere, join(root, 'link'))
  expect(await makeFolder(join(root, 'link/one/two'), owner, { deep: true })).toBe(true)
  expect([facts(join(elsewhere, 'one')), facts(join(elsewhere, 'one/two'))]).toEqual([
    [0, '755'],
    [4711, '755'],
  ])
})
