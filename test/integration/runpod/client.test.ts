import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { RunpodProblem } from '../../../runpod/problem.ts'
import type { Fault } from '../../fakes/runpod/faults.ts'
import { keys, type Runpod, startRunpod } from '../../fakes/runpod.ts'
import { clientOf, never } from '../../fixtures/runpod/ask-runpod.ts'

const routes = (runpod: Runpod) => runpod.log.map(({ route }) => route)

function caught(promise: Promise<unknown>): Promise<RunpodProblem> {
  return promise.then(
    () => expect.fail('it was to reject'),
    (error) => error,
  )
}

test('get() tells status and cost, and names podmate to the edge', async () => {
  await using runpod = await startRunpod({ traps: { refusesLibraries: true } })
  const { id, key } = runpod.addPod({ costPerHour: 1.25 })
  const pod = await clientOf(runpod, key).get(id, never)
  const startedMs = expect.any(Number)
  expect(pod).toEqual({ id, status: 'RUNNING', costPerHour: 1.25, startedMs, locked: false })
  expect(runpod.log).toMatchObject([{ route: 'get', caller: `pod ${id}`, userAgent: 'podmate/1.2.3' }])
})

test('stop(), start() and terminate() do what they say', async () => {
  await using runpod = await startRunpod()
  const { id } = runpod.addPod()
  const client = clientOf(runpod, keys.account)
  expect(await client.stop(id, never)).toEqual({ id, status: 'EXITED' })
  expect(await client.get(id, never)).toMatchObject({ status: 'EXITED', costPerHour: 0 })
  expect(await client.start(id, never)).toEqual({ id, status: 'RUNNING' })
  await client.terminate(id, never)
  expect(runpod.pod(id).status).toBe('TERMINATED')
  expect(await caught(client.get(id, never))).toMatchObject({ kind: 'not-found', status: 404 })
})

test('start() tells a full host by its words', async () => {
  await using runpod = await startRunpod()
  const { id } = runpod.addPod()
  const client = clientOf(runpod, keys.account)
  await client.stop(id, never)
  runpod.traps.isFull = true
  expect(await caught(client.start(id, never))).toMatchObject({ kind: 'capacity', status: 400 })
})

test('get() asks GraphQL when v2 does not answer the key of the pod', async () => {
  await using runpod = await startRunpod({ traps: { podKeyReads: false } })
  const { id, key } = runpod.addPod({ costPerHour: 0.5 })
  const client = clientOf(runpod, key)
  expect(await client.get(id, never)).toMatchObject({ status: 'RUNNING', costPerHour: 0.5 })
  expect(routes(runpod)).toEqual(['get', 'pod'])
})

test.for([
  [{ traps: { terminatedLooksStopped: true } }, 'TERMINATED'],
  [{ traps: { terminatedLooksStopped: false } }, 'not-found'],
] as const)('get() by GraphQL of a terminated pod with %j says %s', async ([{ traps }, said]) => {
  await using runpod = await startRunpod({ traps: { ...traps, podKeyReads: false } })
  const { id, key } = runpod.addPod()
  const client = clientOf(runpod, key)
  await client.terminate(id, never)
  const found = await client.get(id, never).then(
    ({ status }) => status,
    ({ kind }: RunpodProblem) => kind,
  )
  expect(found).toBe(said)
})

test('request() reaches the rest of v2, and shows nothing but what the schema takes', async () => {
  await using runpod = await startRunpod()
  runpod.addPod({ id: 'one' })
  runpod.addPod({ id: 'two' })
  const client = clientOf(runpod, keys.account)
  const schema = z.object({ pods: z.array(z.object({ id: z.string() })) })
  const asked = { method: 'GET', path: ['pods'], query: { limit: '1' }, schema, doing: 'Listing' } as const
  expect(await client.request(asked, never)).toEqual({ pods: [{ id: 'two' }] })
})

test.for([
  [{ fault: 'answer', status: 503 }],
  [{ fault: 'html', status: 502 }],
  [{ fault: 'cut' }],
  [{ fault: 'half' }],
  [{ fault: 'answer', status: 429, retryAfter: 0 }],
] as const satisfies [Fault][])('a read is tried again after %j', async ([fault]) => {
  await using runpod = await startRunpod()
  const { id, key } = runpod.addPod()
  const hits = runpod.faults.add({ ...fault, on: 'get', times: 2 })
  expect(await clientOf(runpod, key).get(id, never)).toMatchObject({ status: 'RUNNING' })
  expect(hits()).toBe(2)
})

test.for([
  [{ fault: 'answer', status: 500 }, 'transient'],
  [{ fault: 'html', status: 502 }, 'transient'],
  [{ fault: 'cut' }, 'transient'],
  [{ fault: 'lose-answer' }, 'transient'],
  [{ fault: 'half' }, 'transient'],
  [{ fault: 'html', status: 200 }, 'unknown'],
  [{ fault: 'flood' }, 'unknown'],
  [{ fault: 'answer', status: 401 }, 'auth'],
  [{ fault: 'answer', status: 403, text: 'error code: 1010' }, 'unknown'],
  [{ fault: 'answer', status: 410 }, 'retired'],
] as const satisfies [Fault, string][])('a stop is sent once, and %j is %s', async ([fault, kind]) => {
  await using runpod = await startRunpod()
  const { id, key } = runpod.addPod()
  const hits = runpod.faults.add({ ...fault, on: 'stop', times: 'always' })
  expect(await caught(clientOf(runpod, key).stop(id, never))).toMatchObject({ kind })
  expect(hits()).toBe(1)
})

test('a stop is sent again after 429, when RunPod wants no long pause', async () => {
  await using runpod = await startRunpod()
  const { id, key } = runpod.addPod()
  runpod.faults.add({ fault: 'answer', status: 429, retryAfter: 0, times: 2 })
  expect(await clientOf(runpod, key).stop(id, never)).toMatchObject({ status: 'EXITED' })
  expect(routes(runpod)).toEqual(['stop', 'stop', 'stop'])
})

test.for(['{"errors":["no"],"id":"abc","status":"EXITED"}', '{"id":"abc"}', '[]', '{"ok":true}'])(
  'an answer %s with 200 is no success of an action',
  async (text) => {
    await using runpod = await startRunpod()
    const { id, key } = runpod.addPod()
    const client = clientOf(runpod, key)
    runpod.faults.add({ fault: 'answer', status: 200, text, times: 2 })
    expect(await caught(client.stop(id, never))).toMatchObject({ status: 200 })
    expect(await caught(client.terminate(id, never))).toMatchObject({ status: 200 })
  },
)

test('a long Retry-After is not waited for but told', async () => {
  await using runpod = await startRunpod()
  const { id, key } = runpod.addPod()
  runpod.faults.add({ fault: 'answer', status: 429, retryAfter: 120, on: 'stop' })
  const problem = await caught(clientOf(runpod, key).stop(id, never))
  expect(problem).toMatchObject({ kind: 'rate-limited', status: 429, retryAfterMs: 120_000 })
  expect(routes(runpod)).toEqual(['stop'])
})

test('a RunPod that does not answer is given up on after the time-out', async () => {
  await using runpod = await startRunpod()
  const { id, key } = runpod.addPod()
  runpod.faults.add({ fault: 'hang', on: 'stop' })
  const problem = await caught(clientOf(runpod, key, { timeoutMs: 50 }).stop(id, never))
  expect(problem).toMatchObject({ kind: 'transient' })
  expect(problem.message).toContain('no whole answer in 0.05 s')
})

test('the signal ends a request and the pause before the next', async () => {
  await using runpod = await startRunpod()
  const { id, key } = runpod.addPod()
  const client = clientOf(runpod, key, { timing: { tries: 3, firstPauseMs: 60_000, patienceMs: 600_000 } })
  const ending = new AbortController()
  const reason = new Error('enough')
  runpod.faults.add({ fault: 'hang', on: 'stop' })
  runpod.faults.add({ fault: 'answer', status: 503, on: 'get' })
  const both = Promise.allSettled([client.stop(id, ending.signal), client.get(id, ending.signal)])
  await expect
    .poll(() => runpod.log.map(({ route, status }) => `${route} ${status}`).sort())
    .toEqual(['get 503', 'stop 0'])
  ending.abort(reason)
  expect(await both).toEqual([
    { status: 'rejected', reason },
    { status: 'rejected', reason },
  ])
})

test('a redirect is refused and its target never asked', async () => {
  await using elsewhere = await startRunpod()
  await using runpod = await startRunpod()
  const { id, key } = runpod.addPod()
  const client = clientOf(runpod, key)
  runpod.faults.add({
    fault: 'redirect',
    status: 307,
    to: `${elsewhere.url}/v2/pods/${id}/action`,
    on: 'stop',
  })
  expect((await caught(client.stop(id, never))).message).toContain('Redirects are not followed')
  expect(elsewhere.log).toEqual([])
  expect(runpod.pod(id).status).toBe('RUNNING')
})

test.for(['', 'a/b', '..', 'a?b', 'a b'])('the pod id %j is refused before any request', async (id) => {
  await using runpod = await startRunpod()
  const client = clientOf(runpod, keys.account)
  const all = [client.get, client.start, client.stop, client.terminate]
  for (const ask of all) expect(await caught(ask(id, never))).toMatchObject({ kind: 'validation' })
  expect(runpod.log).toEqual([])
})

test.for([
  ['', 'RUNPOD_API_KEY is not set'],
  ['rpa_secret secret', 'characters'],
  ['rpa_secretsecret\n', 'characters'],
  ['"rpa_secretsecret"', 'characters'],
  ['rpa_sécret-secret', 'characters'],
] as const)('the key %j is refused before any request, and not repeated', async ([key, says]) => {
  await using runpod = await startRunpod()
  const problem = await caught(clientOf(runpod, key).get('abc', never))
  expect(problem.kind).toBe('auth')
  expect(problem.message).toContain(says)
  expect(problem.message).not.toMatch(/rpa_/)
  expect(runpod.log).toEqual([])
})

test('the key is in no text, also when RunPod repeats it', async () => {
  await using runpod = await startRunpod({ traps: { echoesKey: true } })
  const key = `rpa_${'SentinelKey'.repeat(4)}`
  const client = clientOf(runpod, key)
  runpod.faults.add({ fault: 'redirect', to: `https://${key}.example/${key}`, on: 'start' })
  runpod.faults.add({ fault: 'answer', status: 500, text: `x${key}`.repeat(30), on: 'terminate' })
  const problems = await Promise.all(
    [client.get, client.start, client.stop, client.terminate].map((ask) => caught(ask('abc', never))),
  )
  const shown = problems
    .map((problem) => `${problem.stack} ${JSON.stringify(problem)} ${problem.cause}`)
    .join()
  expect(shown).not.toMatch(/Sentinel/i)
  expect(problems[0]?.message).toContain('[RUNPOD_API_KEY]')
  expect(runpod.log.map(({ target }) => target).join()).not.toContain('Sentinel')
})

test('the key is in no text, whatever RunPod answers', async () => {
  await using runpod = await startRunpod()
  const key = `rpa_${'SentinelKey'.repeat(4)}`
  const client = clientOf(runpod, key, { timing: { tries: 1, firstPauseMs: 0, patienceMs: 0 } })
  const part = fc.oneof(fc.string(), fc.constant(key), fc.constantFrom('"', '{', '<title>', ' ', '\n'))
  const text = fc.oneof(
    fc.array(part, { maxLength: 40 }).map((parts) => parts.join('')),
    fc.string().map((says) => JSON.stringify({ detail: `${says}${key}`, errors: [key, { message: key }] })),
  )
  const status = fc.constantFrom(200, 400, 401, 403, 404, 409, 500)
  await fc.assert(
    fc.asyncProperty(status, text, async (code, body) => {
      runpod.faults.clear()
      runpod.faults.add({ fault: 'answer', status: code, text: body, times: 'always' })
      const problems = await Promise.all([
        caught(client.get('abc', never)),
        caught(client.stop('abc', never)),
      ])
      for (const { message, stack } of problems) expect(`${message} ${stack}`).not.toContain('Sentinel')
    }),
    { numRuns: 60 },
  )
})
