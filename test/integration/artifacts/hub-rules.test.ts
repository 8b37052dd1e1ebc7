import { randomBytes } from 'node:crypto'
import { get } from 'node:http'
import { expect, test } from 'vitest'
import { startHub, tokens } from '../../fakes/hub.ts'
import { lfsLine, RawHub, sha256, textFile } from '../../fixtures/artifacts/raw-hub.ts'

const content = randomBytes(1000)
const creation = { name: 'run', visibility: 'private', type: 'model' }

test.for([
  ['the write token', tokens.write, 'pod/run', 200],
  ['the write token in an organisation', tokens.write, 'lab/run', 200],
  ['the write token where it may only read', tokens.write, 'guests/run', 403],
  ['the fine-grained token', tokens.scoped, 'pod/run', 200],
  ['the fine-grained token elsewhere', tokens.scoped, 'lab/run', 403],
  ['the fine-grained token that may only read', tokens.scopedRead, 'pod/run', 403],
  ['the read token', tokens.read, 'pod/run', 403],
  ["another user's token", tokens.stranger, 'pod/run', 404],
  ['a token nobody has', 'hf_nobody', 'pod/run', 401],
  ['a malformed token', 'not a token', 'pod/run', 401],
] as const)('%s gets what its rights allow when it commits to %s', async ([, token, repo, status]) => {
  await using hub = await startHub()
  await hub.addRepo(repo)
  const { status: answered } = await new RawHub(hub, token).commit(repo, [textFile('a.json', '{}')])
  expect(answered).toBe(status)
  expect(hub.repo(repo).files.has('a.json')).toBe(status === 200)
})

test('create answers 409 with the address of the repository that is there', async () => {
  await using hub = await startHub()
  const raw = new RawHub(hub)
  const first = await raw.ask('POST', '/api/repos/create', creation)
  expect(first).toMatchObject({ status: 200, json: { url: `${hub.url}/pod/run` } })
  const second = await raw.ask('POST', '/api/repos/create', creation)
  expect(second).toMatchObject({ status: 409, json: { url: `${hub.url}/pod/run` } })
})

test('whoami tells a read token from a write one, and 401 from both', async () => {
  await using hub = await startHub()
  const roleOf = async (token: string) =>
    (await new RawHub(hub, token).ask('GET', '/api/whoami-v2')).json.auth?.accessToken.role
  expect(await Promise.all([tokens.write, tokens.read, tokens.scoped, 'hf_x'].map(roleOf))).toEqual([
    'write',
    'read',
    'fineGrained',
    undefined,
  ])
  expect((await RawHub.nobody(hub).ask('GET', '/api/whoami-v2')).status).toBe(401)
})

test('preupload calls LFS what is large, has a binary ending or binary content', async () => {
  await using hub = await startHub()
  await hub.addRepo('pod/run')
  await hub.commit('pod/run', { 'there.json': '{}' })
  const text = Buffer.from('{"a": 1}').toString('base64')
  const files = [
    { path: 'a.json', size: 8, sample: text },
    { path: 'deep/down/b.pt', size: 8, sample: text },
    { path: 'c.onnx', size: 8, sample: text },
    { path: 'd.safetensors', size: 8, sample: text },
    { path: 'e.json', size: 11_000_000, sample: text },
    { path: 'f.dat', size: 8, sample: Buffer.from([1, 0, 2]).toString('base64') },
    { path: 'there.json', size: 8, sample: text },
  ]
  const { json } = await new RawHub(hub).ask('POST', '/api/models/pod/run/preupload/main', { files })
  const modes = json.files.map(({ uploadMode }: { uploadMode: string }) => uploadMode)
  expect(modes).toEqual(['regular', 'lfs', 'lfs', 'lfs', 'lfs', 'lfs', 'regular'])
  expect(json.files.at(-1).oid).toBe(hub.repo('pod/run').files.get('there.json')?.oid)
})

test('PUT refuses other bytes than were announced, empty ones and an Authorization header', async () => {
  await using hub = await startHub()
  await hub.addRepo('pod/run')
  const raw = new RawHub(hub)
  const { json } = await raw.batch('pod/run', content, Buffer.alloc(0))
  const [whole, empty] = json.objects.map(
    (object: { actions: { upload: { href: string } } }) => object.actions.upload.href,
  )
  const put = async (href: string, body: Buffer | ReadableStream, headers = {}) =>
    (
      await fetch(href, {
        method: 'PUT',
        body,
        headers,
        ...(body instanceof ReadableStream && { duplex: 'half' }),
      })
    ).status
  expect(await put(whole, randomBytes(1000))).toBe(400)
  expect(await put(whole, content.subarray(1))).toBe(400)
  expect(await put(whole, new Blob([content]).stream())).toBe(501)
  expect(await put(whole, content, { Authorization: `Bearer ${tokens.write}` })).toBe(400)
  expect(await put(empty, Buffer.alloc(0))).toBe(501)
  expect(hub.repo('pod/run').objects.size).toBe(0)
  expect(await put(whole, content)).toBe(200)
  expect(hub.repo('pod/run').objects.get(sha256(content))).toBe(1000)
})

test('a commit refuses an object that was not sent, one of another size, bad paths and unknown ones to delete', async () => {
  await using hub = await startHub()
  await hub.addRepo('pod/run')
  const raw = new RawHub(hub)
  const statusOf = async (...lines: Parameters<RawHub['commit']>[1]) =>
    (await raw.commit('pod/run', lines)).status
  expect(await statusOf(lfsLine('a.pt', content))).toBe(400)
  await raw.put('pod/run', content)
  expect(await statusOf(['lfsFile', { ...lfsLine('a.pt', content)[1], size: 7 }])).toBe(400)
  expect(await statusOf(['deletedFile', { path: 'a.pt' }])).toBe(404)
  for (const path of ['../evil', '/etc/passwd', 'a//b', '.git/config', './a']) {
    expect(await statusOf(textFile(path, 'x'))).toBe(400)
  }
  expect(await statusOf(textFile('a.json', 'x'), textFile('a.json', 'y'))).toBe(400)
  expect(await statusOf(textFile('a.pt', 'not empty'))).toBe(400)
  expect(hub.repo('pod/run').commits).toHaveLength(1)
  expect(await statusOf(lfsLine('a.pt', content), textFile('empty.pt', ''))).toBe(200)
  expect(await statusOf(textFile('a.pt/below', 'x'))).toBe(400)
})

test('two commits with the same parent: one gets through, one is told 412', async () => {
  await using hub = await startHub()
  await hub.addRepo('pod/run')
  const raw = new RawHub(hub)
  const parentCommit = hub.repo('pod/run').head
  const replies = await Promise.all(
    ['a.json', 'b.json'].map((path) => raw.commit('pod/run', [textFile(path, '{}')], { parentCommit })),
  )
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 412])
  expect(hub.repo('pod/run').commits).toHaveLength(2)
})

test('completion asks for all parts, in order, with their ETags and the content they were announced with', async () => {
  await using hub = await startHub({ multipartAboveBytes: 500, partBytes: 400 })
  await hub.addRepo('pod/run')
  const raw = new RawHub(hub)
  const { json } = await raw.batch('pod/run', content)
  const { href, header } = json.objects[0].actions.upload
  const send = async (part: number, bytes: Buffer) =>
    (await fetch(header[`0000${part}`], { method: 'PUT', body: bytes })).headers.get('ETag')
  const complete = async (parts: readonly object[]) =>
    (await fetch(href, { method: 'POST', body: JSON.stringify({ oid: sha256(content), parts }) })).status
  const pieces = [content.subarray(0, 400), content.subarray(400, 800), content.subarray(800)]
  const etags = await Promise.all(pieces.map((piece, at) => send(at + 1, piece)))
  const parts = etags.map((etag, at) => ({ partNumber: at + 1, etag }))
  expect(header.chunk_size).toBe('400')
  expect(await send(3, content.subarray(0, 100))).toBe(null)
  expect(await complete(parts.slice(0, 2))).toBe(400)
  expect(await complete(parts.toReversed())).toBe(400)
  expect(await complete(parts.with(1, { partNumber: 2, etag: '"other"' }))).toBe(400)
  const wrong = await send(2, randomBytes(400))
  expect(await complete(parts.with(1, { partNumber: 2, etag: wrong ?? '' }))).toBe(400)
  const right = await send(2, content.subarray(400, 800))
  expect(await complete(parts.with(1, { partNumber: 2, etag: right ?? '' }))).toBe(200)
  expect(await raw.batch('pod/run', content)).toMatchObject({ json: { objects: [{ size: 1000 }] } })
  expect((await raw.batch('pod/run', content)).json.objects[0]).not.toHaveProperty('actions')
})

test('a tree of many files comes in pages, with a link to the next', async () => {
  await using hub = await startHub({ pageSize: 10 })
  await hub.addRepo('pod/run')
  await hub.commit(
    'pod/run',
    Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`d/${at}.json`, '{}'])),
  )
  const raw = new RawHub(hub)
  const paths: string[] = []
  let page: string | undefined = '/api/models/pod/run/tree/main?recursive=true'
  let pages = 0
  while (page !== undefined) {
    const { json, headers } = await raw.ask('GET', page)
    paths.push(...json.map(({ path }: { path: string }) => path))
    const next = /<(.*)>; rel="next"/.exec(headers.get('Link') ?? '')?.[1]
    page = next?.slice(hub.url.length)
    pages += 1
  }
  expect(pages).toBe(3)
  expect(new Set(paths)).toEqual(new Set(['d', ...hub.repo('pod/run').files.keys()]))
  expect(paths).toHaveLength(27)
})

test('a request without User-Agent is refused', async () => {
  await using hub = await startHub()
  const status = await new Promise((resolve) => {
    get(`${hub.url}/api/whoami-v2`, ({ statusCode }) => resolve(statusCode))
  })
  expect(status).toBe(400)
})

test('a repository of another type is another one', async () => {
  await using hub = await startHub()
  await hub.addRepo('pod/run', { type: 'datasets', private: false })
  const raw = new RawHub(hub)
  const model = await raw.ask('GET', '/api/models/pod/run')
  expect([model.status, model.headers.get('X-Error-Code')]).toEqual([404, 'RepoNotFound'])
  expect(await raw.ask('GET', '/api/datasets/pod/run')).toMatchObject({
    status: 200,
    json: { private: false },
  })
})

test('commits over the quota are refused with 429 until the window is over', async () => {
  await using hub = await startHub({ commitsPerWindow: 2, commitWindowSeconds: 1 })
  await hub.addRepo('pod/run')
  const raw = new RawHub(hub)
  const commit = async (at: number) => (await raw.commit('pod/run', [textFile(`${at}.json`, '{}')])).status
  expect([await commit(1), await commit(2), await commit(3)]).toEqual([200, 200, 429])
  await expect.poll(() => commit(4), { timeout: 60_000 }).toBe(200)
})

test('requests over the rate limit are refused with 429 and RateLimit r=0', async () => {
  await using hub = await startHub({ requestsPerWindow: 2 })
  const raw = new RawHub(hub)
  const replies = [
    await raw.ask('GET', '/api/whoami-v2'),
    await raw.ask('GET', '/api/whoami-v2'),
    await raw.ask('GET', '/api/whoami-v2'),
  ]
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 429])
  expect(replies.at(-1)?.headers.get('RateLimit')).toMatch(/^"api";r=0;t=\d+$/)
})

test('the log names routes, bytes and objects, and no token', async () => {
  await using hub = await startHub()
  await hub.addRepo('pod/run')
  const raw = new RawHub(hub)
  await raw.put('pod/run', content)
  const { json } = await raw.commit('pod/run', [lfsLine('a.pt', content)])
  expect(hub.log).toMatchObject([
    { route: 'batch', status: 200 },
    { route: 'put', status: 200, bytes: 1000, oid: sha256(content), repo: 'models/pod/run' },
    { route: 'commit', status: 200, commit: json.commitOid },
  ])
  expect(hub.counters()).toMatchObject({ requests: 3, commits: 1, byRoute: { put: 1 } })
  expect(JSON.stringify(hub.log)).not.toContain(tokens.write)
  expect(await hub.repo('pod/run').read('a.pt')).toEqual(content)
})
