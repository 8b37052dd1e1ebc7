import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { patternMatcher } from '../../../services/artifacts/uploader/patterns.ts'
import { sourceFolders } from '../../../services/artifacts/uploader/source-folders.ts'
import { type Scan, Tree } from '../../../services/artifacts/uploader/tree.ts'
import { temporaryFolder } from '../../fixtures/artifacts/temporary-folder.ts'

const rules = {
  matches: patternMatcher(['*.json', '*.pt', '*.sock', '.env*']),
  excludes: () => false,
  maxFileBytes: 1000,
}

function treeOf(dirs: readonly string[], prefix = ''): Tree {
  return new Tree(sourceFolders(dirs), prefix, rules)
}

function reasonFor(scan: Scan, name: string): string | undefined {
  return scan.refused.find(({ path }) => path.endsWith(name))?.reason
}

test('scan() finds what matches in all folders, under the prefix', async () => {
  await using folder = await temporaryFolder()
  for (const name of ['a.json', 'run/deep/b c.pt', 'run/skip.txt']) await folder.write(name, '{}')
  const scan = await treeOf([folder.path], 'pods/one').scan()
  expect([...scan.files.keys()].sort()).toEqual(['pods/one/a.json', 'pods/one/run/deep/b c.pt'])
  expect(scan.refused).toEqual([])
  expect(scan.entries).toBe(5)
})

test('scan() gives each of several sources a folder of its own, and names those that are not there', async () => {
  await using folder = await temporaryFolder()
  await folder.write('one/a.json', '{}')
  await folder.write('two/a.json', '{}')
  const missing = join(folder.path, 'three')
  const scan = await treeOf([join(folder.path, 'one'), join(folder.path, 'two'), missing]).scan()
  expect([...scan.files.keys()].sort()).toEqual(['one/a.json', 'two/a.json'])
  expect(scan.missing).toEqual([missing])
})

test('scan() follows no link, neither to files nor to folders', async () => {
  await using folder = await temporaryFolder()
  await folder.write('outside/secret.json', '{}')
  await folder.write('in/a.json', '{}')
  await symlink('/etc', join(folder.path, 'in/etc'))
  await symlink(join(folder.path, 'outside/secret.json'), join(folder.path, 'in/link.json'))
  await symlink(join(folder.path, 'outside'), join(folder.path, 'in/linked.json'))
  const scan = await treeOf([join(folder.path, 'in')]).scan()
  expect([...scan.files.keys()]).toEqual(['a.json'])
  expect(reasonFor(scan, 'link.json')).toContain('links are not followed')
  expect(reasonFor(scan, 'linked.json')).toContain('links are not followed')
})

test('scan() names what matches and cannot go up', async () => {
  await using folder = await temporaryFolder()
  await folder.write('large.pt', Buffer.alloc(1001))
  await folder.write('line\nbreak.json', '{}')
  await folder.write('back\\slash.json', '{}')
  await folder.write('.env.json', '{}')
  await folder.write('run/hf_token.json', '{}')
  await folder.write('.hidden.json', '{}')
  await using server = createServer().listen(join(folder.path, 'a.sock'))
  await new Promise((resolve) => server.once('listening', resolve))
  const scan = await treeOf([folder.path]).scan()
  expect([...scan.files.keys()]).toEqual([])
  expect(reasonFor(scan, 'large.pt')).toContain('1001 bytes')
  expect(reasonFor(scan, 'break.json')).toContain('line break')
  expect(reasonFor(scan, 'slash.json')).toContain('backslash')
  expect(reasonFor(scan, '.env.json')).toContain('environment file')
  expect(reasonFor(scan, 'hf_token.json')).toContain('a token')
  expect(reasonFor(scan, 'a.sock')).toContain('a socket')
  expect(reasonFor(scan, '.hidden.json')).toBeUndefined()
})

test('scan() names a file whose name is not UTF-8', async () => {
  await using folder = await temporaryFolder()
  await writeFile(
    Buffer.concat([Buffer.from(`${folder.path}/bad`), Buffer.from([0xff]), Buffer.from('.json')]),
    '{}',
  )
  const scan = await treeOf([folder.path]).scan()
  expect([scan.files.size, scan.refused[0]?.reason]).toEqual([0, 'its name is not valid UTF-8: rename it'])
})

test('scan() sends names as NFC; of two that become one, that which is NFC goes and the other is named', async () => {
  await using folder = await temporaryFolder()
  const [composed, decomposed] = ['gr\u00f6\u00dfe.json', 'gro\u0308\u00dfe.json']
  await folder.write(decomposed, '{"is": "decomposed"}')
  const alone = await treeOf([folder.path]).scan()
  expect([...alone.files.keys()]).toEqual([composed])
  const { path } = await folder.write(composed, '{}')
  const both = await treeOf([folder.path]).scan()
  expect(both.files.get(composed)?.path).toBe(path)
  expect(reasonFor(both, decomposed)).toContain('same path on the Hub')
})

test('scan() of one folder sees what is new in it, gone from it and below it', async () => {
  await using folder = await temporaryFolder()
  await folder.write('a.json', '{}')
  await folder.write('gone/deep/b.json', '{}')
  const tree = treeOf([folder.path])
  await tree.scan()
  await folder.write('new/deep/c.json', '{}')
  await rm(join(folder.path, 'gone'), { recursive: true })
  await rename(join(folder.path, 'a.json'), join(folder.path, 'd.json'))
  const scan = await tree.scan([folder.path])
  expect([...scan.files.keys()].sort()).toEqual(['d.json', 'new/deep/c.json'])
  expect(scan.folders).not.toContain(join(folder.path, 'gone/deep'))
})

test('scan() of a source that is a link goes where it leads, and sees no less the second time', async () => {
  await using folder = await temporaryFolder()
  await folder.write('real/a.json', '{}')
  await symlink(join(folder.path, 'real'), join(folder.path, 'link'))
  const tree = treeOf([join(folder.path, 'link')])
  expect((await tree.scan()).files.get('a.json')?.path).toBe(join(folder.path, 'real/a.json'))
  expect((await tree.scan()).files.size).toBe(1)
})

test('scan() names a folder that may not be read', async () => {
  await using folder = await temporaryFolder()
  const closed = join(folder.path, 'closed')
  await mkdir(closed, { mode: 0 })
  await chmod(folder.path, 0o755)
  const scan = await asNobody(() => treeOf([folder.path]).scan())
  expect(scan.unreadable).toEqual([{ path: closed, reason: 'it may not be read: change its owner or mode' }])
})

/** For root everything is readable. */
async function asNobody<Value>(work: () => Promise<Value>): Promise<Value> {
  const isRoot = process.getuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  try {
    return await work()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}

test('sourceFolders() leaves out folders in folders, and tells two of one name apart', () => {
  expect(sourceFolders(['/data/run', '/data/run/best', '/data/run/'])).toEqual([
    { dir: '/data/run', under: '' },
  ])
  expect(sourceFolders(['/a/run', '/b/run', '/a/running'])).toEqual([
    { dir: '/a/run', under: 'run' },
    { dir: '/b/run', under: 'run-2' },
    { dir: '/a/running', under: 'running' },
  ])
})
