import { expect, test } from 'vitest'
import { keys, type Runpod, startRunpod } from '../../fakes/runpod.ts'

const hourMs = 3_600_000

/** One request as any client would make it: status and JSON, or the text. */
async function ask(runpod: Runpod, method: string, path: string, key?: string, body?: object) {
  const response = await fetch(`${runpod.url}${path}`, {
    method,
    redirect: 'manual',
    headers: { 'User-Agent': 'test', ...(key !== undefined && { Authorization: `Bearer ${key}` }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text }
}

function query(runpod: Runpod, text: string, key?: string) {
  return ask(runpod, 'POST', '/graphql', key, { query: text })
}

const act = (action: string) => ({ action })
const errorOf = (message: string) => [{ message, extensions: { code: 'RUNPOD' } }]

test.for([
  ['GET', '/v2/pods', undefined, 403],
  ['POST', '/v2/pods', { name: 'x' }, 403],
  ['GET', '/v2/pods/own', undefined, 200],
  ['GET', '/v2/pods/other', undefined, 403],
  ['POST', '/v2/pods/other/action', act('stop'), 403],
  ['DELETE', '/v2/pods/other', undefined, 403],
  ['PATCH', '/v2/pods/own', { name: 'x' }, 403],
  ['POST', '/v2/pods/own/action', act('stop'), 200],
  ['POST', '/v2/pods/own/action', act('terminate'), 204],
  ['DELETE', '/v2/pods/own', undefined, 204],
  ['POST', '/v1/pods/own/stop', undefined, 410],
] as const)("a pod's own key asking %s %s %j gets %i", async ([method, path, body, status]) => {
  await using runpod = await startRunpod()
  const { key } = runpod.addPod({ id: 'own' })
  runpod.addPod({ id: 'other' })
  expect(await ask(runpod, method, path, key, body)).toMatchObject({ status })
  expect(runpod.pod('other').status).toBe('RUNNING')
})

test.for([
  [undefined, 401],
  ['rpa_nobodys', 401],
  [keys.readOnly, 403],
  [keys.account, 200],
] as const)('the key %s stops a pod with %i', async ([key, status]) => {
  await using runpod = await startRunpod()
  const { id } = runpod.addPod()
  expect(await ask(runpod, 'POST', `/v2/pods/${id}/action`, key, act('stop'))).toMatchObject({ status })
  expect(runpod.pod(id).status).toBe(status === 200 ? 'EXITED' : 'RUNNING')
})

test('GraphQL lets the key of a pod read, stop and end that pod, and nothing else', async () => {
  await using runpod = await startRunpod()
  const { key } = runpod.addPod({ id: 'own' })
  runpod.addPod({ id: 'other' })
  const read = await query(runpod, '{ pod(input: {podId: "own"}) { id desiredStatus costPerHr } }', key)
  expect(read.body).toEqual({ data: { pod: { id: 'own', desiredStatus: 'RUNNING', costPerHr: 0.69 } } })
  const me = await query(runpod, '{ myself { id } }', key)
  expect(me).toMatchObject({ status: 200, body: { errors: errorOf('Unauthorized'), data: { myself: null } } })
  const other = await query(runpod, 'mutation { podStop(input: {podId: "other"}) { id } }', key)
  expect(other).toMatchObject({ status: 200, body: { errors: errorOf('Unauthorized') } })
  const own = await query(runpod, 'mutation { podTerminate(input: {podId: "own"}) }', key)
  expect(own.body).toEqual({ data: { podTerminate: null } })
  const again = await query(runpod, 'mutation { podTerminate(input: {podId: "own"}) }', key)
  expect(again).toMatchObject({ status: 200, body: { errors: errorOf('pod not found to terminate') } })
})

test('GraphQL without a key answers null for the account, and 401 to a key that nobody has', async () => {
  await using runpod = await startRunpod()
  expect(await query(runpod, '{ myself { id } }')).toEqual({ status: 200, body: { data: { myself: null } } })
  expect(await query(runpod, '{ myself { id } }', 'rpa_nobodys')).toEqual({
    status: 401,
    body: 'Unauthorized',
  })
})

test.for([
  ['{ pod(input: {podId: "x"}) { id price } }', 'Cannot query field "price" on type "pod".'],
  [
    'mutation { podStop(input: {podId: "own"}) { nothing } }',
    'Cannot query field "nothing" on type "podStop".',
  ],
  [
    'mutation { podPause(input: {podId: "own"}) { id } }',
    'Cannot query field "podPause" on type "Mutation".',
  ],
  ['mutation { podStop(input: {podId: $id}) { id } }', 'Variable "$id" is not defined.'],
  ['mutation ($i: StopIn!) { podStop(input: $i) { id } }', 'Unknown type "StopIn".'],
  ['mutation { podStop(', 'Syntax Error: Expected a token, found <EOF>.'],
])('GraphQL refuses %s and does nothing', async ([text = '', message]) => {
  await using runpod = await startRunpod()
  runpod.addPod({ id: 'own' })
  expect(await query(runpod, text, keys.account)).toMatchObject({
    status: 400,
    body: { errors: [{ message }] },
  })
  expect(runpod.pod('own').status).toBe('RUNNING')
})

test('v2 answers an empty id with the way to all pods, and what is not allowed now with 409', async () => {
  await using runpod = await startRunpod()
  const { id } = runpod.addPod()
  expect((await ask(runpod, 'DELETE', '/v2/pods/', keys.account)).status).toBe(301)
  const path = `/v2/pods/${id}/action`
  expect((await ask(runpod, 'POST', path, keys.account, act('start'))).status).toBe(409)
  expect((await ask(runpod, 'POST', path, keys.account, act('explode'))).status).toBe(422)
  await ask(runpod, 'PATCH', `/v2/pods/${id}`, keys.account, { locked: true })
  expect((await ask(runpod, 'POST', path, keys.account, act('stop'))).status).toBe(409)
  expect((await ask(runpod, 'GET', `/v2/pods/${id}`, keys.account)).body).toMatchObject({ locked: true })
})

const creation = { name: 'x', image: 'a/b', gpu: { id: 'NVIDIA A40', count: 1 }, disk: 10 }

test.for([
  [{}, 201, undefined],
  [{ disk: undefined }, 400, 'You must either provide a template id or pod configuration parameters'],
  [{ gpu: { id: 'NVIDIA A40' } }, 400, 'There are no longer any instances available'],
  [{ imageName: 'a/b' }, 422, 'Request validation failed.'],
  [{ mounts: { network: [] } }, 400, 'mounts.network must not be empty'],
] as const)('v2 answers a creation with %j with %i', async ([change, status, detail]) => {
  await using runpod = await startRunpod()
  const answer = await ask(runpod, 'POST', '/v2/pods', keys.account, { ...creation, ...change })
  expect(answer.status).toBe(status)
  if (detail !== undefined) expect(answer.body.detail).toContain(detail)
  else expect(answer.body).toMatchObject({ ports: [], mounts: {}, status: 'RUNNING' })
})

test('v2 gives pods a page at a time, newest first, and looks at no filter', async () => {
  await using runpod = await startRunpod()
  for (const id of ['a', 'b', 'c']) runpod.addPod({ id })
  const first = await ask(runpod, 'GET', '/v2/pods?limit=2&status=EXITED', keys.account)
  expect(first.body.pods.map(({ id }: { id: string }) => id)).toEqual(['c', 'b'])
  const { nextCursor } = first.body.pagination
  const last = await ask(runpod, 'GET', `/v2/pods?limit=2&cursor=${nextCursor}`, keys.account)
  expect(last.body).toMatchObject({
    pods: [{ id: 'a' }],
    pagination: { hasNextPage: false, nextCursor: null },
  })
  expect((await ask(runpod, 'GET', '/v2/pods?limit=0', keys.account)).status).toBe(422)
})

test('a pod takes its time to start and to stop, and intent is told before the fact', async () => {
  await using runpod = await startRunpod({ traps: { startingMs: 60_000, stoppingMs: 30_000 } })
  const { id } = runpod.addPod()
  const status = async () => (await ask(runpod, 'GET', `/v2/pods/${id}`, keys.account)).body.status
  const wanted = async () =>
    (await query(runpod, `{ pod(input: {podId: "${id}"}) { desiredStatus } }`, keys.account)).body.data.pod
  expect([await status(), await wanted()]).toEqual(['PROVISIONING', { desiredStatus: 'RUNNING' }])
  runpod.advance(60_000)
  expect(await status()).toBe('RUNNING')
  await ask(runpod, 'POST', `/v2/pods/${id}/action`, keys.account, act('stop'))
  expect([await status(), await wanted()]).toEqual(['RUNNING', { desiredStatus: 'EXITED' }])
  runpod.advance(30_000)
  expect(await status()).toBe('EXITED')
})

test('money runs while a pod does, a little while it is stopped, and ends everything when it is gone', async () => {
  await using runpod = await startRunpod({ creditUsd: 3 })
  const { id } = runpod.addPod({ costPerHour: 1, volumeGb: 73 })
  runpod.advance(2 * hourMs)
  expect(runpod.pod(id).spentUsd).toBeCloseTo(2, 2)
  await ask(runpod, 'POST', `/v2/pods/${id}/action`, keys.account, act('stop'))
  runpod.advance(10 * hourMs)
  expect(runpod.pod(id).spentUsd).toBeCloseTo(2.2, 2)
  expect((await ask(runpod, 'GET', `/v2/pods/${id}`, keys.account)).body.cost).toBe(0)
  await ask(runpod, 'POST', `/v2/pods/${id}/action`, keys.account, act('start'))
  runpod.advance(hourMs)
  expect(runpod.pod(id).status).toBe('TERMINATED')
})

test('a crash is seen in the uptime alone, and ports change with a start', async () => {
  await using runpod = await startRunpod()
  const { id } = runpod.addPod()
  const read = async () => (await ask(runpod, 'GET', `/v2/pods/${id}`, keys.account)).body
  runpod.advance(hourMs)
  const before = await read()
  runpod.crash(id)
  const after = await read()
  expect(before.runtime.uptime).toBeGreaterThanOrEqual(3600)
  expect(after.runtime.uptime).toBeLessThan(3600)
  expect(after).toMatchObject({ status: 'RUNNING', startedAt: before.startedAt, cost: before.cost })
  for (const action of ['stop', 'start']) {
    await ask(runpod, 'POST', `/v2/pods/${id}/action`, keys.account, act(action))
  }
  const started = await read()
  expect(started.ssh.direct.port).not.toBe(before.ssh.direct.port)
  expect(started.runtime.ports[0].ip).toMatch(/^100\./)
})

test.for([
  [{ ignoresActions: true }, 'stop', { status: 'RUNNING' }],
  [{ keepsRuntime: true }, 'stop', { status: 'EXITED', runtime: { cpu: { util: 45 } } }],
  [{ losesRuntime: true }, 'restart', { status: 'RUNNING', runtime: null }],
  [{ terminatedReads: 'TERMINATED' }, 'terminate', { status: 'TERMINATED', actions: [] }],
] as const)('with the trap %j a pod is read after %s as %j', async ([traps, action, shown]) => {
  await using runpod = await startRunpod({ traps })
  const { id } = runpod.addPod()
  await ask(runpod, 'POST', `/v2/pods/${id}/action`, keys.account, act(action))
  expect((await ask(runpod, 'GET', `/v2/pods/${id}`, keys.account)).body).toMatchObject(shown)
})

test('a start can come without a GPU, or not at all', async () => {
  await using runpod = await startRunpod({ traps: { startsWithoutGpu: true, isFull: true } })
  const { id } = runpod.addPod()
  const path = `/v2/pods/${id}/action`
  await ask(runpod, 'POST', path, keys.account, act('stop'))
  const full = await ask(runpod, 'POST', path, keys.account, act('start'))
  expect(full).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining('not enough free GPUs') },
  })
  runpod.traps.isFull = false
  const started = await ask(runpod, 'POST', path, keys.account, act('start'))
  expect(started.status).toBe(200)
  expect(started.body).not.toHaveProperty('gpu')
})

test('the edge wants a name', async () => {
  await using runpod = await startRunpod({ traps: { refusesLibraries: true } })
  const { id } = runpod.addPod()
  const headers = { Authorization: `Bearer ${keys.account}` }
  const response = await fetch(`${runpod.url}/v2/pods/${id}`, { headers })
  expect([response.status, await response.text()]).toEqual([403, 'error code: 1010'])
})
