import { randomBytes } from 'node:crypto'
import { rename, symlink, unlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import type { HubOptions } from '../../../services/artifacts/uploader/hub/hub-options.ts'
import { startHub, tokens } from '../../fakes/hub.ts'
import { always, clientOf, hashedFile, outbox } from '../../fixtures/artifacts/client-of.ts'

const unasked: Readonly<Record<string, { token?: string; repoId?: string; says: RegExp; kind: string }>> = {
  'no token': { token: '', says: /HF_TOKEN is not set\..*settings\/tokens/, kind: 'auth' },
  'a token with a line break': { token: `${tokens.write}\n`, says: /line break/, kind: 'auth' },
  'a token of something else': { token: 'ghp_0123456789abcdef', says: /start with hf_/, kind: 'auth' },
  'a token cut short': { token: 'hf_abc', says: /cut short/, kind: 'auth' },
  'a repository without an owner': {
    repoId: 'run',
    says: /HF_REPO_ID "run".*user\/name/,
    kind: 'bad-request',
  },
  'a repository that is a way up': { repoId: '../run', says: /HF_REPO_ID/, kind: 'bad-request' },
}

test.for(Object.entries(unasked))(
  'open() refuses %s without asking',
  async ([, { says, kind, ...options }]) => {
    await using hub = await startHub()
    const opening = clientOf(hub.url, options).open(always)
    await expect(opening).rejects.toMatchObject({ kind, message: expect.stringMatching(says) })
    expect(hub.log).toHaveLength(0)
  },
)

test('open() gives the token to no host but this one in plain HTTP', async () => {
  const opening = clientOf('http://hub.example').open(always)
  await expect(opening).rejects.toMatchObject({
    kind: 'bad-request',
    message: expect.stringMatching(/HF_ENDPOINT is http:\/\/hub\.example.*https:/),
  })
})

const refused: Readonly<
  Record<string, Partial<HubOptions> & { repoId?: string; says: RegExp; kind: string }>
> = {
  'an unknown token': { token: `hf_${'x'.repeat(34)}`, says: /does not know HF_TOKEN/, kind: 'auth' },
  'a token that only reads': { token: tokens.read, says: /may only read.*type Write/, kind: 'auth' },
  'an organisation where nothing may be made': {
    repoId: 'guests/run',
    says: /guests\/run could not be made.*403.*right to write/,
    kind: 'auth',
  },
  'a name that is a dataset': {
    repoId: 'pod/games',
    says: /pod\/games is a dataset on the Hub, and HF_REPO_TYPE is model\. Set HF_REPO_TYPE/,
    kind: 'not-found',
  },
  'a repository that the token cannot see': {
    token: tokens.stranger,
    repoId: 'pod/hidden',
    says: /pod\/hidden/,
    kind: 'auth',
  },
  'a public repository, where that is refused': {
    repoId: 'pod/open',
    refusePublic: true,
    says: /pod\/open is public/,
    kind: 'auth',
  },
}

test.for(Object.entries(refused))('open() tells %s', async ([, { says, kind, ...options }]) => {
  await using hub = await startHub()
  await hub.addRepo('pod/games', { type: 'datasets' })
  await hub.addRepo('pod/hidden')
  await hub.addRepo('pod/open', { private: false })
  const error: unknown = await clientOf(hub.url, options)
    .open(always)
    .catch((problem: unknown) => problem)
  expect(error).toMatchObject({ kind, message: expect.stringMatching(says) })
  expect(inspect(error, { depth: 9 })).not.toContain(options.token ?? tokens.write)
})

test('list() of a wrong token, and upload() to an unsafe endpoint, ask nothing either', async () => {
  await using hub = await startHub()
  await using box = await outbox()
  const listing = clientOf(hub.url, { token: 'secret' }).list(always)
  await expect(listing).rejects.toMatchObject({ kind: 'auth' })
  const net = await box.file('net.pt', randomBytes(10))
  const uploading = clientOf('http://hub.example').upload(net, always)
  await expect(uploading).rejects.toMatchObject({ kind: 'bad-request' })
  expect(hub.log).toHaveLength(0)
})

test.for(['whoami', 'info', 'tree'] as const)(
  'an answer to %s of somebody else is a problem that may pass',
  async (on) => {
    await using hub = await startHub()
    const repo = clientOf(hub.url)
    hub.faults.add({ fault: 'answer', status: 200, on, times: 'always' })
    const asking = repo.open(always).then(() => repo.list(always))
    await expect(asking).rejects.toMatchObject({
      kind: 'retry-later',
      message: expect.stringMatching(/answer is not/),
    })
  },
)

test('open() warns of a public repository, and takes fine-grained tokens and other branches', async () => {
  await using hub = await startHub()
  await hub.addRepo('pod/open', { private: false })
  const target = { repoId: 'pod/open', repoType: 'model', branch: 'lab', endpoint: `${hub.url}/` } as const
  const opened = await clientOf(hub.url, { token: tokens.scoped, target }).open(always)
  expect(opened).toMatchObject({ private: false, warnings: [expect.stringContaining('pod/open is public')] })
  expect(opened.head).toBe(hub.repo('pod/open', { branch: 'lab' }).head)
})

test('commit() tells a fine-grained token that may not write', async () => {
  await using hub = await startHub()
  await using box = await outbox()
  await hub.addRepo('pod/run')
  const repo = clientOf(hub.url, { token: tokens.scopedRead })
  await repo.open(always)
  const committing = repo.commit([await box.file('run.json', '{}')], [], { title: 'sync' }, always)
  await expect(committing).rejects.toMatchObject({
    kind: 'auth',
    message: expect.stringContaining('right to write'),
  })
})

const content = randomBytes(300_000)
const changes: Readonly<Record<string, (path: string) => Promise<void>>> = {
  grows: (path) => writeFile(path, randomBytes(310_000)),
  shrinks: (path) => writeFile(path, content.subarray(0, 1000)),
  'is written in place, with its old time': async (path) => {
    await writeFile(path, randomBytes(content.length))
    await utimes(path, 1, 1)
  },
  'is replaced': async (path) => {
    await writeFile(`${path}.new`, content)
    await rename(`${path}.new`, path)
  },
  goes: (path) => unlink(path),
  'becomes a link': async (path) => {
    await rename(path, `${path}.real`)
    await symlink(`${path}.real`, path)
  },
}

test.for(Object.entries(changes))('commit() tells a file that %s before it is sent', async ([, change]) => {
  await using hub = await startHub()
  await using box = await outbox()
  const repo = clientOf(hub.url)
  await repo.open(always)
  const net = await box.file('net.pt', content)
  const text = await box.file('run.json', '{"step":1}'.padEnd(2000))
  for (const file of [net, text]) {
    await change(file.path)
    const committing = repo.commit([file], [], { title: 'sync' }, always)
    await expect(committing).rejects.toMatchObject({ kind: 'changed-file', path: file.path })
  }
  expect(hub.repo('pod/run').commits).toHaveLength(1)
})

test('upload() tells a file that changes while it is sent, and the storage keeps nothing of it', async () => {
  await using hub = await startHub({ multipartAboveBytes: 1e6, partBytes: 500_000 })
  await using box = await outbox()
  const path = join(box.folder, 'net.pt')
  let sent = 0
  const repo = clientOf(hub.url, {
    onBytes(_path, count) {
      sent += count
      if (sent === count) void writeFile(path, randomBytes(3e6))
    },
  })
  await repo.open(always)
  const net = await box.file('net.pt', randomBytes(3e6))
  await expect(repo.upload(net, always)).rejects.toMatchObject({ kind: 'changed-file', path })
  expect(hub.repo('pod/run').objects.size).toBe(0)
})

test('upload() tells a file that is no longer what was hashed, when only the storage can see it', async () => {
  await using hub = await startHub()
  await using box = await outbox()
  const repo = clientOf(hub.url)
  await repo.open(always)
  const net = await box.file('net.pt', content)
  const other = { ...hashedFile(net.path, 'net.pt', content), sha256: '0'.repeat(64) }
  await expect(repo.upload(other, always)).rejects.toMatchObject({ kind: 'changed-file', path: net.path })
})

test('every method rejects with the reason of its signal, before and during', async () => {
  await using hub = await startHub()
  await using box = await outbox()
  const repo = clientOf(hub.url)
  await repo.open(always)
  const net = await box.file('net.pt', content)
  const reason = new Error('time is up')
  const over = AbortSignal.abort(reason)
  const before = hub.log.length
  await expect(repo.open(over)).rejects.toBe(reason)
  await expect(repo.list(over)).rejects.toBe(reason)
  await expect(repo.upload(net, over)).rejects.toBe(reason)
  await expect(repo.commit([net], [], { title: 'sync' }, over)).rejects.toBe(reason)
  expect(hub.log).toHaveLength(before)
  hub.faults.add({ fault: 'hang', on: 'put', times: 'always' })
  const stop = new AbortController()
  const uploading = repo.upload(net, stop.signal)
  await expect.poll(() => hub.counters().byRoute.put).toBe(1)
  stop.abort(reason)
  await expect(uploading).rejects.toBe(reason)
})
