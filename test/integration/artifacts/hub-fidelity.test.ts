import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type CommitProgressEvent,
  commitIter,
  createBranch,
  createRepo,
  deleteFile,
  deleteRepo,
  downloadFile,
  listFiles,
  pathsInfo,
  repoExists,
  uploadFile,
  uploadFiles,
  whoAmI,
} from '@huggingface/hub'
import { expect, test } from 'vitest'
import { startHub, tokens } from '../../fakes/hub.ts'
import { hubPython, noHubPython, runHubClient } from '../../fixtures/artifacts/hub-client.ts'
import { sha256 } from '../../fixtures/artifacts/raw-hub.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const inParts = { multipartAboveBytes: 5_000_000, partBytes: 5_000_000, pageSize: 2 }
const large = randomBytes(12_000_000)
const small = randomBytes(1000)

test.for(['model', 'dataset'])(
  'the Python client creates, uploads, re-uploads, lists, loads and deletes in a %s repository',
  { timeout: 60_000 },
  async (type, { skip }) => {
    const python = hubPython()
    if (python === undefined) return skip(noHubPython)
    await using hub = await startHub(inParts)
    const folder = await sources()
    const seen = await runHubClient(python, hub, folder, type)
    const page = type === 'model' ? 'pod/run' : 'datasets/pod/run'
    expect(seen).toEqual({
      user: 'pod',
      role: 'write',
      url: `${hub.url}/${page}`,
      same_url: true,
      second_creation: 409,
      head_stayed: true,
      files: ['.gitattributes', 'empty.pt', 'large.bin', 'new/metrics.json', 'small.pt', 'sub/a.json'],
      infos: [
        { path: 'large.bin', size: large.length, sha256: sha256(large) },
        { path: 'new/metrics.json', size: 11, sha256: null },
      ],
      downloaded: [large.length, 11],
      large_is_equal: true,
      stale_parent: 'HfHubHTTPError',
      after_deletion: ['.gitattributes', 'empty.pt', 'large.bin', 'sub/a.json'],
      deleted_twice: 'RemoteEntryNotFoundError',
      no_repo: 'RepositoryNotFoundError',
      no_revision: 'RevisionNotFoundError',
    })
    const repo = hub.repo('pod/run', { type: type === 'model' ? 'models' : 'datasets' })
    expect(repo.private).toBe(true)
    expect(repo.commits.map(({ title, changes }) => [title, changes.length])).toEqual([
      ['initial commit', 1],
      ['All of it', 4],
      ['One', 1],
      [expect.stringContaining('small.pt'), 1],
      [expect.stringContaining('new'), 1],
    ])
    const { objects } = hub.counters()
    expect(objects[sha256(large)]).toEqual({ puts: 3, bytes: large.length, putsAfterStored: 0 })
    expect(objects[sha256(small)]).toEqual({ puts: 1, bytes: small.length, putsAfterStored: 0 })
    expect(hub.refusals().map(({ status }) => status)).toEqual([412, 404, 404, 404])
  },
)

test('commitIter() of the JavaScript client sends a batch in one commit, a large file in parts', async () => {
  await using hub = await startHub(inParts)
  const site = { hubUrl: hub.url, accessToken: tokens.write }
  const run = { ...site, repo: 'pod/run' }
  expect(await whoAmI(site)).toMatchObject({ name: 'pod', auth: { accessToken: { role: 'write' } } })
  expect(await repoExists(run)).toBe(false)
  await createRepo({ ...run, visibility: 'private' })
  await expect(createRepo({ ...run, visibility: 'private' })).rejects.toMatchObject({ statusCode: 409 })
  expect(await repoExists(run)).toBe(true)

  const operations = [
    { operation: 'addOrUpdate', path: 'large.bin', content: new Blob([large]) },
    { operation: 'addOrUpdate', path: 'small.pt', content: new Blob([small]) },
    { operation: 'addOrUpdate', path: 'sub/ä b.json', content: new Blob(['{}']) },
  ] as const
  const before = hub.repo('pod/run').head
  const ending = await lastOf(commitIter({ ...run, title: 'All', operations: [...operations] }))
  const { head, commits } = hub.repo('pod/run')
  expect(ending).toMatchObject({ commit: { oid: head, url: `${hub.url}/pod/run/commit/${head}` } })
  expect(commits.at(-1)).toMatchObject({ title: 'All', parent: before, operations: 3 })

  const listed: string[] = []
  for await (const { path } of listFiles({ ...run, recursive: true })) listed.push(path)
  expect(listed).toEqual(['.gitattributes', 'large.bin', 'small.pt', 'sub', 'sub/ä b.json'])
  const [info] = await pathsInfo({ ...run, paths: ['large.bin', 'not-there'] })
  expect(info).toMatchObject({ size: large.length, lfs: { oid: sha256(large) } })
  const loaded = await downloadFile({ ...run, path: 'large.bin', xet: false })
  expect(sha256(Buffer.from(await (loaded ?? new Blob()).arrayBuffer()))).toBe(sha256(large))

  await deleteFile({ ...run, path: 'small.pt' })
  expect([...hub.repo('pod/run').files.keys()]).not.toContain('small.pt')
  expect(hub.repo('pod/run').filesAt(head).get('small.pt')?.sha256).toBe(sha256(small))
  expect(hub.counters().objects[sha256(large)]).toMatchObject({ puts: 3, bytes: large.length })
  expect(hub.refusals().map(({ route, status }) => [route, status])).toEqual([['info', 404]])
})

test('uploadFiles() of the JavaScript client sends no byte of an object that is there, but commits it again', async () => {
  await using hub = await startHub()
  await hub.addRepo('pod/run')
  const files = [{ path: 'small.pt', content: new Blob([small]) }]
  const upload = () => uploadFiles({ hubUrl: hub.url, accessToken: tokens.write, repo: 'pod/run', files })
  await upload()
  await upload()
  expect(hub.counters().objects[sha256(small)]).toEqual({ puts: 1, bytes: 1000, putsAfterStored: 0 })
  expect(hub.repo('pod/run').commits.map(({ changes }) => changes.length)).toEqual([1, 1, 0])
})

test('createBranch() and deleteRepo() of the JavaScript client do what they say', async () => {
  await using hub = await startHub()
  await hub.addRepo('lab/run', { type: 'datasets' })
  const run = { hubUrl: hub.url, accessToken: tokens.write, repo: 'datasets/lab/run' } as const
  const file = { path: 'a.json', content: new Blob(['{}']) }
  await expect(uploadFile({ ...run, branch: 'dev', file })).rejects.toMatchObject({ statusCode: 404 })
  await createBranch({ ...run, branch: 'dev' })
  await uploadFile({ ...run, branch: 'dev', file })
  expect(hub.repo('lab/run', { type: 'datasets', branch: 'dev' }).files.has('a.json')).toBe(true)
  expect(hub.repo('lab/run', { type: 'datasets' }).files.has('a.json')).toBe(false)
  await deleteRepo(run)
  expect(hub.hasRepo('lab/run', { type: 'datasets' })).toBe(false)
})

async function sources(): Promise<string> {
  const folder = temporaryFolder()
  const source = join(folder, 'source')
  await mkdir(join(source, 'sub'), { recursive: true })
  await writeFile(join(source, 'large.bin'), large)
  await writeFile(join(source, 'small.pt'), small)
  await writeFile(join(source, 'empty.pt'), '')
  await writeFile(join(source, 'sub/a.json'), '{}')
  return folder
}

async function lastOf<T>(events: AsyncGenerator<CommitProgressEvent, T>): Promise<T> {
  for (;;) {
    const { done, value } = await events.next()
    if (done) return value
  }
}
