import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { expect, test } from 'vitest'
import type { Fault } from '../../fakes/hub/faults.ts'
import { type Hub, startHub, tokens } from '../../fakes/hub.ts'
import { lfsLine, RawHub, sha256, textFile } from '../../fixtures/artifacts/raw-hub.ts'

const content = randomBytes(200_000)

test.for([402, 403, 404, 408, 413, 429, 500, 502, 503, 504])(
  'answer %i takes the place of one answer, after as many as are skipped',
  async (status) => {
    await using hub = await startHub()
    const raw = new RawHub(hub)
    const fault = hub.faults.add({ fault: 'answer', status, skip: 1, times: 1 })
    const seen: number[] = []
    for (const _ of [1, 2, 3]) seen.push((await raw.ask('GET', '/api/whoami-v2')).status)
    expect(seen).toEqual([200, status, 200])
    expect(fault.hits()).toBe(1)
  },
)

test('answer meets every route it names, and only those', async () => {
  await using hub = await startHub()
  await hub.addRepo('pod/run')
  const raw = new RawHub(hub)
  hub.faults.add({ fault: 'answer', status: 503, on: 'put-part', times: 'always' })
  expect((await raw.put('pod/run', content)).status).toBe(200)
  hub.faults.add({ fault: 'answer', status: 503, on: ['put', 'batch'], times: 'always' })
  expect((await raw.batch('pod/run', content)).status).toBe(503)
  hub.faults.clear()
  expect((await raw.batch('pod/run', content)).status).toBe(200)
})

test('429 says when to come back: in seconds, as a date, or as RateLimit', async () => {
  await using hub = await startHub()
  const raw = new RawHub(hub)
  for (const retryAs of ['seconds', 'date', 'ratelimit'] as const) {
    hub.faults.add({ fault: 'answer', status: 429, retryAfter: 7, retryAs })
  }
  const [first, second, third] = [await whoami(raw), await whoami(raw), await whoami(raw)]
  expect(first.headers.get('Retry-After')).toBe('7')
  const date = Date.parse(second.headers.get('Retry-After') ?? '') - Date.now()
  expect(date).toBeGreaterThan(4000)
  expect(date).toBeLessThanOrEqual(7000)
  expect(third.headers.get('Retry-After')).toBe(null)
  expect(third.headers.get('RateLimit')).toBe('"api";r=0;t=7')
})

test('answer with early does not wait for the body', async () => {
  await using hub = await prepared()
  hub.faults.add({ fault: 'answer', status: 503, on: 'put', early: true })
  expect((await new RawHub(hub).put('pod/run', content)).status).toBe(503)
  expect(hub.log.at(-1)).toMatchObject({ route: 'put', status: 503, bytes: 0 })
})

test('cut ends the connection in the middle of a PUT; nothing is stored', async () => {
  await using hub = await prepared()
  hub.faults.add({ fault: 'cut', on: 'put', afterBytes: 50_000 })
  await expect(new RawHub(hub).put('pod/run', content)).rejects.toThrow('fetch failed')
  expect(hub.log.at(-1)).toMatchObject({ route: 'put', status: 0, answered: false, fault: 'cut' })
  expect(hub.log.at(-1)?.bytes).toBeGreaterThanOrEqual(50_000)
  expect(hub.repo('pod/run').objects.size).toBe(0)
})

test('slow reads no faster than it says', async () => {
  await using hub = await prepared()
  hub.faults.add({ fault: 'slow', on: 'put', bytesPerSecond: 1_000_000 })
  const begun = performance.now()
  expect((await new RawHub(hub).put('pod/run', content)).status).toBe(200)
  expect(performance.now() - begun).toBeGreaterThan(180)
})

test('hang answers nothing until the client goes', async () => {
  await using hub = await prepared()
  hub.faults.add({ fault: 'hang' })
  const asked = fetch(`${hub.url}/api/whoami-v2`, { signal: AbortSignal.timeout(200) })
  await expect(asked).rejects.toThrow('timeout')
  expect(hub.log.at(-1)).toMatchObject({ status: 0, answered: false })
})

test('lose-answer commits and tells nobody', async () => {
  await using hub = await prepared()
  hub.faults.add({ fault: 'lose-answer', on: 'commit' })
  const raw = new RawHub(hub)
  await expect(raw.commit('pod/run', [textFile('a.json', '{}')])).rejects.toThrow('fetch failed')
  expect(hub.repo('pod/run').files.has('a.json')).toBe(true)
  expect(hub.log.at(-1)).toMatchObject({ commit: hub.repo('pod/run').head, status: 0, answered: false })
})

test('lose-answer with hold commits and keeps the client waiting', async () => {
  await using hub = await prepared()
  hub.faults.add({ fault: 'lose-answer', on: 'commit', hold: true })
  const signal = AbortSignal.timeout(200)
  await expect(new RawHub(hub).commit('pod/run', [textFile('a.json', '{}')], {}, signal)).rejects.toThrow(
    'timeout',
  )
  expect(hub.repo('pod/run').files.has('a.json')).toBe(true)
})

test('lose-answer of a PUT does not count as stored for the client, but the batch knows', async () => {
  await using hub = await prepared()
  hub.faults.add({ fault: 'lose-answer', on: 'put' })
  const raw = new RawHub(hub)
  await expect(raw.put('pod/run', content)).rejects.toThrow('fetch failed')
  expect((await raw.batch('pod/run', content)).json.objects[0]).not.toHaveProperty('actions')
  expect(hub.counters().objects[sha256(content)]).toMatchObject({ puts: 1, putsAfterStored: 0 })
})

test('rival-commit puts another commit in between: 412 for who names the parent it knew', async () => {
  await using hub = await prepared()
  hub.faults.add({ fault: 'rival-commit', on: 'commit', path: 'of-another.json' })
  const raw = new RawHub(hub)
  const commit = () =>
    raw.commit('pod/run', [textFile('a.json', '{}')], { parentCommit: hub.repo('pod/run').head })
  expect((await commit()).status).toBe(412)
  expect((await commit()).status).toBe(200)
  expect([...hub.repo('pod/run').files.keys()]).toEqual(['.gitattributes', 'of-another.json', 'a.json'])
})

test.for([
  [true, null],
  [false, '"wrong"'],
] as const)('wrong-etag (missing: %s) gives a part the ETag %s, once', async ([missing, etag]) => {
  await using hub = await prepared()
  hub.faults.add({ fault: 'wrong-etag', on: 'put-part', missing })
  const large = Buffer.concat([content, content])
  const { header } = (await new RawHub(hub).batch('pod/run', large)).json.objects[0].actions.upload
  const put = () => fetch(header['00001'], { method: 'PUT', body: large.subarray(0, 300_000) })
  const [wrong, right] = [await put(), await put()]
  expect([wrong.status, wrong.headers.get('ETag')]).toEqual([200, etag])
  expect(right.headers.get('ETag')).toMatch(/^".+-1-\d+"$/)
})

test('object-error answers the batch with 200 and an error in each object', async () => {
  await using hub = await prepared()
  hub.faults.add({ fault: 'object-error', on: 'batch', code: 422, message: 'Bad object' })
  const { status, json } = await new RawHub(hub).batch('pod/run', content)
  expect(status).toBe(200)
  expect(json.objects[0].error).toEqual({ code: 422, message: 'Bad object' })
})

test('delete-repo takes the repository away before the commit', async () => {
  await using hub = await prepared()
  hub.faults.add({ fault: 'delete-repo', on: 'commit' })
  const { status, headers } = await new RawHub(hub).commit('pod/run', [textFile('a.json', '{}')])
  expect([status, headers.get('X-Error-Code')]).toEqual([404, 'RepoNotFound'])
  expect(hub.hasRepo('pod/run')).toBe(false)
})

test('publish-repo makes the repository public', async () => {
  await using hub = await prepared()
  hub.faults.add({ fault: 'publish-repo', on: 'info' })
  expect((await RawHub.nobody(hub).ask('GET', '/api/models/pod/run')).json.private).toBe(false)
})

test('revoke-token ends a token: 401 from then on', async () => {
  await using hub = await prepared()
  hub.faults.add({ fault: 'revoke-token', on: 'commit' })
  const raw = new RawHub(hub)
  expect((await raw.commit('pod/run', [textFile('a.json', '{}')])).status).toBe(401)
  expect((await whoami(raw)).status).toBe(401)
  expect((await whoami(new RawHub(hub, tokens.read))).status).toBe(200)
})

test('forget-objects lets the commit fail for its LFS pointers until they are sent again', async () => {
  await using hub = await prepared()
  const raw = new RawHub(hub)
  await raw.put('pod/run', content)
  hub.faults.add({ fault: 'forget-objects', on: 'commit' })
  const failed = await raw.commit('pod/run', [lfsLine('a.pt', content)])
  expect(failed).toMatchObject({ status: 400, json: { error: expect.stringContaining('LFS pointer') } })
  await raw.put('pod/run', content)
  expect((await raw.commit('pod/run', [lfsLine('a.pt', content)])).status).toBe(200)
})

test('restart ends the connection, comes back on the same port and keeps what it has stored', async () => {
  await using hub = await prepared()
  const raw = new RawHub(hub)
  await raw.put('pod/run', content)
  hub.faults.add({ fault: 'restart', on: 'commit' })
  await expect(raw.commit('pod/run', [lfsLine('a.pt', content)])).rejects.toThrow('fetch failed')
  expect(hub.repo('pod/run').files.has('a.pt')).toBe(false)
  await expect
    .poll(() =>
      whoami(raw).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200)
  expect((await raw.commit('pod/run', [lfsLine('a.pt', content)])).status).toBe(200)
})

test('a body that ends before its Content-Length stores nothing', async () => {
  await using hub = await prepared()
  const { json } = await new RawHub(hub).batch('pod/run', content)
  const headers = { 'Content-Length': content.length, 'User-Agent': 'test' }
  const put = request(json.objects[0].actions.upload.href, { method: 'PUT', headers })
  put.on('error', () => undefined)
  put.write(content.subarray(0, 100_000))
  await expect.poll(() => hub.log.at(-1)?.bytes).toBe(100_000)
  put.destroy()
  await expect.poll(() => hub.log.at(-1)?.endedMs).toBeDefined()
  expect(hub.log.at(-1)).toMatchObject({ route: 'put', status: 0 })
  expect(hub.repo('pod/run').objects.size).toBe(0)
})

test('mix() meets the same requests with the same faults for the same seed, at most as often as allowed', async () => {
  const faults: readonly Fault[] = [
    { fault: 'answer', status: 500 },
    { fault: 'answer', status: 429 },
    { fault: 'cut', on: 'commit' },
  ]
  const run = async (seed: number) => {
    await using hub = await startHub()
    const mixed = hub.faults.mix(seed, faults, { chance: 0.5, atMost: 6 })
    const raw = new RawHub(hub)
    const seen: number[] = []
    for (let asked = 0; asked < 30; asked += 1) seen.push((await whoami(raw)).status)
    expect(mixed.hits()).toBe(6)
    return seen
  }
  const [first, again, other] = [await run(1), await run(1), await run(2)]
  expect(again).toEqual(first)
  expect(other).not.toEqual(first)
  expect(new Set(first)).toEqual(new Set([200, 500, 429]))
})

async function prepared(): Promise<Hub> {
  const hub = await startHub({ multipartAboveBytes: 300_000, partBytes: 300_000 })
  await hub.addRepo('pod/run')
  return hub
}

function whoami(raw: RawHub) {
  return raw.ask('GET', '/api/whoami-v2')
}
