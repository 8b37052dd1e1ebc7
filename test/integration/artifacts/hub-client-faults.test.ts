import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Fault } from '../../fakes/hub/faults.ts'
import { startHub } from '../../fakes/hub.ts'
import { always, clientOf, outbox } from '../../fixtures/artifacts/client-of.ts'

const parts = { multipartAboveBytes: 100_000, partBytes: 50_000 }

const passing: Readonly<Record<string, Fault>> = {
  '408': { fault: 'answer', status: 408, times: 2 },
  '429 in seconds': { fault: 'answer', status: 429, retryAfter: 1 },
  '429 without a time': { fault: 'answer', status: 429, times: 3 },
  '500': { fault: 'answer', status: 500, times: 3 },
  '502 early': { fault: 'answer', status: 502, early: true },
  '503 on a part': { fault: 'answer', status: 503, on: 'put-part', times: 3 },
  '503 on a PUT': { fault: 'answer', status: 503, on: 'put', times: 3 },
  '503 on the completion': { fault: 'answer', status: 503, on: 'complete', times: 2 },
  '504 on the commit': { fault: 'answer', status: 504, on: 'commit', times: 2 },
  'a connection that ends at once': { fault: 'cut', times: 3 },
  'a connection that ends inside a part': { fault: 'cut', on: 'put-part', afterBytes: 10_000, times: 3 },
  'a lost answer to a creation': { fault: 'lose-answer', on: 'create' },
  'a lost answer to a PUT': { fault: 'lose-answer', on: ['put', 'put-part'], times: 2 },
  'a lost answer to a completion': { fault: 'lose-answer', on: 'complete' },
  'a lost answer to a commit': { fault: 'lose-answer', on: 'commit' },
  'a request that hangs': { fault: 'hang', on: 'batch' },
  'a commit that hangs': { fault: 'hang', on: 'commit' },
  'a slow reader': { fault: 'slow', on: 'put-part', bytesPerSecond: 200_000, times: 2 },
  'a wrong ETag': { fault: 'wrong-etag', on: 'put-part' },
  'a missing ETag': { fault: 'wrong-etag', on: 'put-part', missing: true },
  'an object refused for now': { fault: 'object-error', on: 'batch', code: 503, times: 2 },
  'an address that has expired': { fault: 'answer', status: 403, on: ['put', 'put-part'] },
  'objects lost before the commit': { fault: 'forget-objects', on: 'commit' },
  'a restart while bytes come': { fault: 'restart', on: 'put-part' },
  'a restart before the commit': { fault: 'restart', on: 'commit' },
}

test.for(Object.entries(passing))(
  'hubClient() gets over %s: all is there, in one commit',
  async ([, fault]) => {
    await using hub = await startHub(parts)
    await using box = await outbox()
    const retries: string[] = []
    const repo = clientOf(hub.url, { onRetry: (says) => retries.push(says) })
    const meets = hub.faults.add(fault)
    await repo.open(always)
    const net = await box.file('net.pt', randomBytes(220_000))
    const little = await box.file('little.onnx', randomBytes(1000))
    const text = await box.file('run.json', '{"step":1}')
    expect(await repo.upload(net, always)).toBe('lfs')
    await repo.commit([net, little, text], [], { title: 'sync' }, always)
    expect(meets.hits()).toBeGreaterThan(0)
    const { commits, files, objects } = hub.repo('pod/run')
    expect(commits.map(({ title }) => title)).toEqual(['initial commit', 'sync'])
    expect([...files.keys()].toSorted()).toEqual(['.gitattributes', 'little.onnx', 'net.pt', 'run.json'])
    expect(objects.get(net.sha256)).toBe(net.size)
    expect(objects.get(little.sha256)).toBe(little.size)
  },
)

const final: Readonly<Record<string, { fault: Fault; kind: string; says: RegExp }>> = {
  'a token that is revoked': {
    fault: { fault: 'revoke-token', on: 'preupload' },
    kind: 'auth',
    says: /HF_TOKEN/,
  },
  'a 403 on the commit': {
    fault: { fault: 'answer', status: 403, on: 'commit' },
    kind: 'auth',
    says: /right to write/,
  },
  'a full storage': {
    fault: { fault: 'answer', status: 403, on: 'batch', message: 'Private repository storage limit reached' },
    kind: 'quota',
    says: /billing/,
  },
  'a 402': { fault: { fault: 'answer', status: 402, on: 'commit' }, kind: 'quota', says: /billing/ },
  'a file that is too large': {
    fault: { fault: 'answer', status: 413, on: 'put-part', times: 'always' },
    kind: 'too-large',
    says: /HF_SYNC_PATTERNS/,
  },
  'an object that is too large': {
    fault: { fault: 'object-error', on: 'batch', code: 413 },
    kind: 'too-large',
    says: /HF_SYNC_PATTERNS/,
  },
  'a repository that is gone': {
    fault: { fault: 'delete-repo', on: 'preupload' },
    kind: 'not-found',
    says: /HF_REPO_ID still exists/,
  },
  'somebody else who commits': {
    fault: { fault: 'rival-commit', on: 'commit' },
    kind: 'conflict',
    says: /compares again/,
  },
  'a Hub that is down': {
    fault: { fault: 'answer', status: 503, on: 'commit', times: 'always' },
    kind: 'retry-later',
    says: /503.*tries again/,
  },
  'a long wait': {
    fault: { fault: 'answer', status: 429, on: 'commit', retryAfter: 55, retryAs: 'ratelimit' },
    kind: 'retry-later',
    says: /429/,
  },
  'a storage that takes nothing': {
    fault: { fault: 'answer', status: 403, on: 'put-part', times: 'always' },
    kind: 'retry-later',
    says: /storage does not take net\.pt/,
  },
}

test.for(Object.entries(final))('commit() tells %s, and what to do', async ([, { fault, kind, says }]) => {
  await using hub = await startHub(parts)
  await using box = await outbox()
  const repo = clientOf(hub.url)
  await repo.open(always)
  const net = await box.file('net.pt', randomBytes(120_000))
  hub.faults.add(fault)
  const committing = repo.commit([net], [], { title: 'sync' }, always)
  await expect(committing).rejects.toMatchObject({
    name: 'HubProblem',
    kind,
    message: expect.stringMatching(says),
  })
  if (fault.fault === 'answer' && fault.retryAfter) {
    await expect(committing).rejects.toMatchObject({ retryAfterMs: 56_000 })
  }
})

test('commit() after a conflict and a new listing is based on the other commit', async () => {
  await using hub = await startHub()
  await using box = await outbox()
  const repo = clientOf(hub.url)
  await repo.open(always)
  const run = await box.file('run.json', '{}')
  hub.faults.add({ fault: 'rival-commit', on: 'commit', path: 'theirs.txt' })
  await expect(repo.commit([run], [], { title: 'sync' }, always)).rejects.toMatchObject({ kind: 'conflict' })
  expect([...(await repo.list(always)).keys()]).toContain('theirs.txt')
  await repo.commit([run], [], { title: 'sync' }, always)
  expect([...hub.repo('pod/run').files.keys()].toSorted()).toEqual([
    '.gitattributes',
    'run.json',
    'theirs.txt',
  ])
})

test('commit() is a success when the answer was lost and somebody else committed on top', async () => {
  await using hub = await startHub()
  await using box = await outbox()
  const repo = clientOf(hub.url)
  await repo.open(always)
  const files = [await box.file('run.json', '{}'), await box.file('net.pt', randomBytes(1000))]
  hub.faults.add({ fault: 'lose-answer', on: 'commit' })
  hub.faults.add({ fault: 'rival-commit', on: 'info' })
  await repo.commit(files, [], { title: 'sync' }, always)
  expect(hub.repo('pod/run').commits.filter(({ title }) => title === 'sync')).toHaveLength(1)
})

test('commit() of what was deleted by others already is a conflict', async () => {
  await using hub = await startHub()
  const repo = clientOf(hub.url)
  await repo.open(always)
  await expect(repo.commit([], ['gone.json'], { title: 'sync' }, always)).rejects.toMatchObject({
    kind: 'conflict',
  })
})
