import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { startHub } from '../../fakes/hub.ts'
import { always, clientOf, outbox } from '../../fixtures/artifacts/client-of.ts'

test('hubClient() makes a private repository and commits 30 files at once, in at most 20 requests', async () => {
  await using hub = await startHub()
  await using box = await outbox()
  const repo = clientOf(hub.url)
  const opened = await repo.open(always)
  expect(opened).toMatchObject({ user: 'pod', private: true, url: `${hub.url}/pod/run`, warnings: [] })
  expect([...(await repo.list(always)).keys()]).toEqual(['.gitattributes'])
  const small = Array.from({ length: 24 }, (_, at) => box.file(`metrics/${at}.json`, JSON.stringify({ at })))
  const large = Array.from({ length: 6 }, (_, at) => box.file(`net ${at}.pt`, randomBytes(5_000_000)))
  const files = await Promise.all([...small, ...large])
  const done = await repo.commit(files, [], { title: 'sync', description: 'thirty' }, always)
  expect(hub.log.length).toBeLessThanOrEqual(20)
  const { commits, head, files: there } = hub.repo('pod/run')
  expect(commits).toHaveLength(2)
  expect(commits.at(-1)).toMatchObject({
    title: 'sync',
    description: 'thirty',
    operations: 30,
    oid: done.oid,
  })
  expect(head).toBe(done.oid)
  expect(done.url).toBe(`${hub.url}/pod/run/commit/${done.oid}`)
  for (const { remotePath, sha256 } of files.slice(24)) expect(there.get(remotePath)?.sha256).toBe(sha256)
  expect((await hub.repo('pod/run').read('metrics/7.json')).toString()).toBe('{"at":7}')

  const before = hub.log.length
  const changed = await box.file('metrics/7.json', '{"at":"last"}')
  await repo.commit([changed], [], { title: 'sync' }, always)
  expect(hub.log.length - before).toBeLessThanOrEqual(6)
  expect(hub.repo('pod/run').commits).toHaveLength(3)
  expect(hub.refusals().map(({ route, status }) => `${route} ${status}`)).toEqual([
    'info 404',
    'info 404',
    'info 404',
  ])
})

test('list() tells LFS files by sha256 and others by their git oid, over pages', async () => {
  await using hub = await startHub({ pageSize: 3 })
  await using box = await outbox()
  const repo = clientOf(hub.url)
  await repo.open(always)
  const net = await box.file('nets/a.pt', randomBytes(100))
  const files = await Promise.all(
    ['a', 'b', 'c', 'd e/ü'].map((name) => box.file(`${name}.json`, `"${name}"`)),
  )
  await repo.commit([net, ...files], [], { title: 'sync' }, always)
  const listed = await repo.list(always)
  expect(listed.size).toBe(6)
  expect(listed.get('nets/a.pt')).toEqual({ size: 100, sha256: net.sha256 })
  expect(listed.get('d e/ü.json')).toEqual({
    size: 8,
    gitOid: hub.repo('pod/run').files.get('d e/ü.json')?.oid,
  })
})

test('upload() sends an LFS file in parts and commits nothing; the commit sends no byte of it again', async () => {
  await using hub = await startHub({ multipartAboveBytes: 100_000, partBytes: 30_000 })
  await using box = await outbox()
  let sent = 0
  const repo = clientOf(hub.url, { onBytes: (_path, count) => (sent += count) })
  await repo.open(always)
  const net = await box.file('net.pt', randomBytes(200_000))
  const text = await box.file('run.json', '{}')
  expect(await repo.upload(net, always)).toBe('lfs')
  expect(await repo.upload(text, always)).toBe('regular')
  expect(sent).toBe(200_000)
  expect(hub.repo('pod/run').commits).toHaveLength(1)
  const restarted = clientOf(hub.url)
  await restarted.open(always)
  await restarted.commit([net, text], [], { title: 'sync' }, always)
  expect(hub.counters().objects[net.sha256]).toMatchObject({ puts: 7, bytes: 200_000, putsAfterStored: 0 })
  expect(await hub.repo('pod/run').read('net.pt')).toHaveLength(200_000)
})

test('commit() deletes, and keeps empty files as regular ones', async () => {
  await using hub = await startHub()
  await using box = await outbox()
  const repo = clientOf(hub.url)
  await repo.open(always)
  const files = [await box.file('empty.pt', ''), await box.file('old.json', '1')]
  await repo.commit(files, [], { title: 'sync' }, always)
  await repo.commit([], ['old.json'], { title: 'sync' }, always)
  expect([...hub.repo('pod/run').files.keys()]).toEqual(['.gitattributes', 'empty.pt'])
  await expect(repo.commit([], [], { title: 'sync' }, always)).rejects.toThrow(RangeError)
})

test.for(['dataset', 'space'] as const)('hubClient() keeps a %s as it keeps a model', async (repoType) => {
  await using hub = await startHub({ multipartAboveBytes: 100_000, partBytes: 50_000 })
  await using box = await outbox()
  const target = { repoId: 'lab/run', repoType, branch: 'main', endpoint: hub.url }
  const repo = clientOf(hub.url, { target })
  const { url } = await repo.open(always)
  expect(url).toBe(`${hub.url}/${repoType}s/lab/run`)
  const files = [await box.file('net.pt', randomBytes(120_000)), await box.file('run.json', '{}')]
  hub.faults.add({ fault: 'lose-answer', on: 'commit' })
  const done = await repo.commit(files, [], { title: 'sync' }, always)
  const { head, commits, private: hidden } = hub.repo('lab/run', { type: `${repoType}s` })
  expect({ head, hidden, commits: commits.length }).toEqual({ head: done.oid, hidden: true, commits: 2 })
  expect(done.url).toBe(`${url}/commit/${head}`)
  expect([...(await repo.list(always)).keys()].toSorted()).toEqual(['.gitattributes', 'net.pt', 'run.json'])
})
