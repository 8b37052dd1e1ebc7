import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isStopped, readBack } from '../../../runpod/read-back.ts'
import { stopPod } from '../../../runpod/stop-ladder.ts'
import type { Fault } from '../../fakes/runpod/faults.ts'
import { keys, type Runpod, startRunpod } from '../../fakes/runpod.ts'
import { clientOf, never } from '../../fixtures/runpod/ask-runpod.ts'

const routes = (runpod: Runpod) => runpod.log.map(({ route }) => route)
const both = ['podStop', 'podStop']

/** A stand-in with a pod, and the ladder for it with the key of the pod. */
async function climb(runpod: Runpod, verb: 'stop' | 'terminate' = 'stop', options = {}) {
  const { id, key } = runpod.addPod()
  const client = clientOf(runpod, key, options)
  return { id, client, outcome: await stopPod(client, id, verb, never) }
}

test.for(['stop', 'terminate'] as const)('stopPod() asks v2 first to %s', async (verb) => {
  await using runpod = await startRunpod()
  const { id, outcome } = await climb(runpod, verb)
  expect(outcome).toMatchObject({ stopped: true, rungs: [{ rung: 'REST v2' }] })
  expect(routes(runpod)).toEqual([verb])
  expect(runpod.pod(id).status).toBe(verb === 'stop' ? 'EXITED' : 'TERMINATED')
})

test.for([
  [{ fault: 'answer', status: 403 }],
  [{ fault: 'answer', status: 401 }],
  [{ fault: 'answer', status: 410 }],
  [{ fault: 'answer', status: 429, retryAfter: 60 }],
  [{ fault: 'answer', status: 500 }],
  [{ fault: 'html', status: 502 }],
  [{ fault: 'html', status: 200 }],
  [{ fault: 'html', status: 404 }],
  [{ fault: 'redirect', to: '/v2/pods' }],
  [{ fault: 'cut' }],
  [{ fault: 'half' }],
  [{ fault: 'hang' }],
] as const satisfies [Fault][])('stopPod() asks GraphQL when v2 meets %j', async ([fault]) => {
  await using runpod = await startRunpod()
  runpod.faults.add({ ...fault, on: 'rest', times: 'always' })
  const { id, outcome } = await climb(runpod, 'stop', fault.fault === 'hang' ? { timeoutMs: 3000 } : {})
  expect(outcome).toMatchObject({
    stopped: true,
    rungs: [{ rung: 'REST v2' }, { rung: 'GraphQL (input object)' }],
  })
  expect(runpod.pod(id).status).toBe('EXITED')
})

test('stopPod() goes on when a pod is said to be gone that reads as running', async () => {
  await using runpod = await startRunpod()
  runpod.faults.add({
    fault: 'answer',
    status: 404,
    detail: 'resource not found',
    on: 'stop',
    times: 'always',
  })
  const { id, outcome } = await climb(runpod)
  expect(outcome).toMatchObject({ stopped: true, how: 'GraphQL (input object): the pod is to be EXITED' })
  expect(runpod.pod(id).status).toBe('EXITED')
})

test('stopPod() falls back to the inline form, and never asks v1', async () => {
  await using runpod = await startRunpod({ traps: { podKeyStops: false, renamesInputs: true } })
  const { id, outcome } = await climb(runpod)
  expect(outcome).toMatchObject({ stopped: true, how: 'GraphQL (inline): the pod is to be EXITED' })
  expect(routes(runpod)).toEqual(['stop', ...both])
  expect(runpod.pod(id).status).toBe('EXITED')
})

test('stopPod() terminates by GraphQL, whose success is null', async () => {
  await using runpod = await startRunpod()
  runpod.faults.add({ fault: 'answer', status: 403, on: 'terminate' })
  const { id, outcome } = await climb(runpod, 'terminate')
  expect(outcome.stopped).toBe(true)
  expect(routes(runpod)).toEqual(['terminate', 'podTerminate'])
  expect(runpod.pod(id).status).toBe('TERMINATED')
})

test.for([
  ['Something went wrong. Please try again later.', 'transient'],
  ['Unauthorized', 'auth'],
] as const)('stopPod() takes 200 with the error %j for a failure', async ([message, kind]) => {
  await using runpod = await startRunpod({ traps: { podKeyStops: false } })
  const data = { podStop: { id: 'x', desiredStatus: 'EXITED' } }
  runpod.faults.add({ fault: 'errors', message, data, on: 'podStop', times: 'always' })
  const { id, outcome } = await climb(runpod)
  expect(outcome).toMatchObject({ stopped: false, problem: { kind } })
  expect(outcome.rungs.map(({ said }) => said).join()).toContain(message)
  expect(runpod.pod(id).status).toBe('RUNNING')
})

test('stopPod() takes 200 without the pod for a failure', async () => {
  await using runpod = await startRunpod({ traps: { podKeyStops: false } })
  runpod.faults.add({
    fault: 'answer',
    status: 200,
    text: '{"data":{"podStop":null}}',
    on: 'podStop',
    times: 2,
  })
  const { outcome } = await climb(runpod)
  expect(outcome.stopped).toBe(false)
  expect(outcome.rungs.map(({ rung }) => rung)).toEqual([
    'REST v2',
    'GraphQL (input object)',
    'GraphQL (inline)',
    'reading back',
  ])
})

test.for(['stop', 'terminate'] as const)('stopPod() to %s a pod that is gone has succeeded', async (verb) => {
  await using runpod = await startRunpod()
  const outcome = await stopPod(clientOf(runpod, keys.account), 'gone', verb, never)
  expect(outcome).toMatchObject({ stopped: true, how: 'REST v2: RunPod says that the pod is gone' })
})

test('stopPod() of a stopped pod is 409, reads back and has succeeded', async () => {
  await using runpod = await startRunpod()
  const { id, key } = runpod.addPod()
  const client = clientOf(runpod, key)
  await client.stop(id, never)
  expect(await stopPod(client, id, 'stop', never)).toMatchObject({
    stopped: true,
    how: 'REST v2: it was so already',
    rungs: [{ rung: 'REST v2' }, { rung: 'reading back', said: 'RunPod says that the pod is EXITED' }],
  })
  expect(routes(runpod)).toEqual(['stop', 'stop', 'get'])
})

test('stopPod() to terminate is not content with a pod that only stopped', async () => {
  await using runpod = await startRunpod()
  const { id, key } = runpod.addPod()
  const client = clientOf(runpod, key)
  await client.stop(id, never)
  runpod.faults.add({ fault: 'answer', status: 409, on: 'terminate' })
  runpod.faults.add({ fault: 'answer', status: 500, on: 'podTerminate', times: 'always' })
  const outcome = await stopPod(client, id, 'terminate', never)
  expect(outcome).toMatchObject({ stopped: false, problem: { kind: 'transient' } })
})

test('stopPod() of a locked pod is 409, too, and has failed', async () => {
  await using runpod = await startRunpod()
  const { id, key } = runpod.addPod()
  runpod.pod(id).locked = true
  const outcome = await stopPod(clientOf(runpod, key), id, 'stop', never)
  expect(outcome).toMatchObject({ stopped: false, problem: { kind: 'conflict' } })
})

test('stopPod() finds out that a stop worked whose answer was lost', async () => {
  await using runpod = await startRunpod()
  runpod.faults.add({ fault: 'lose-answer', on: 'stop' })
  runpod.faults.add({ fault: 'answer', status: 500, on: 'podStop', times: 'always' })
  const { outcome } = await climb(runpod)
  expect(outcome).toMatchObject({ stopped: true, how: 'reading back: it is so' })
})

test('stopPod() tells when RunPod wants to be asked again', async () => {
  await using runpod = await startRunpod()
  runpod.faults.add({
    fault: 'answer',
    status: 429,
    retryAfter: 77,
    on: ['stop', 'podStop'],
    times: 'always',
  })
  const { outcome } = await climb(runpod)
  expect(outcome).toMatchObject({ stopped: false, problem: { kind: 'rate-limited', retryAfterMs: 77_000 } })
})

test('stopPod() fails while connections are refused, and works when RunPod is back', async () => {
  await using runpod = await startRunpod()
  const { id, key } = runpod.addPod()
  const client = clientOf(runpod, key)
  await runpod.goAway()
  for (let time = 0; time < 20; time += 1) {
    const outcome = await stopPod(client, id, 'stop', never)
    expect(outcome).toMatchObject({ stopped: false, problem: { kind: 'transient' } })
    expect(outcome.rungs).toHaveLength(3)
  }
  await runpod.comeBack()
  expect(await stopPod(client, id, 'stop', never)).toMatchObject({ stopped: true })
})

test('stopPod() sends RUNPOD_STOP_MUTATION in the place of its own texts', async () => {
  await using runpod = await startRunpod({ traps: { podKeyStops: false } })
  const stopMutation = 'mutation { podStop(input: {podId: "{podId}"}) { lastStatusChange } }'
  const { id, outcome } = await climb(runpod, 'stop', { stopMutation })
  expect(outcome).toMatchObject({ stopped: true, how: expect.stringContaining('RUNPOD_STOP_MUTATION') })
  expect(runpod.log.at(-1)?.body).toEqual({ query: stopMutation.replace('{podId}', id) })
  expect(runpod.pod(id).status).toBe('EXITED')
})

test('stopPod() refuses a RUNPOD_STOP_MUTATION that names no pod', async () => {
  await using runpod = await startRunpod({ traps: { podKeyStops: false } })
  const { outcome } = await climb(runpod, 'stop', { stopMutation: 'mutation { podStop { id } }' })
  expect(outcome.stopped).toBe(false)
  expect(outcome.rungs[1]?.said).toContain('Correct RUNPOD_STOP_MUTATION')
  expect(routes(runpod)).toEqual(['stop', 'get'])
})

test('stopPod() with an empty id sends nothing', async () => {
  await using runpod = await startRunpod()
  const outcome = await stopPod(clientOf(runpod, keys.account), '', 'terminate', never)
  expect(outcome).toMatchObject({ stopped: false, problem: { kind: 'validation' } })
  expect(runpod.log).toEqual([])
})

test('stopPod() that is called off resolves, and sends nothing more', async () => {
  await using runpod = await startRunpod()
  const { id, key } = runpod.addPod()
  const ending = new AbortController()
  runpod.faults.add({ fault: 'hang', on: 'stop' })
  const climbing = stopPod(clientOf(runpod, key), id, 'stop', ending.signal)
  await expect.poll(() => routes(runpod)).toEqual(['stop'])
  ending.abort()
  expect(await climbing).toMatchObject({ stopped: false, problem: { kind: 'transient' } })
  expect(await stopPod(clientOf(runpod, key), id, 'stop', ending.signal)).toMatchObject({ rungs: [] })
  expect(routes(runpod)).toEqual(['stop'])
})

test('isStopped() follows the pod, and is false when RunPod does not tell', async () => {
  await using runpod = await startRunpod({ traps: { stoppingMs: 5000 } })
  const { id, key } = runpod.addPod()
  const client = clientOf(runpod, key)
  expect(await stopPod(client, id, 'stop', never)).toMatchObject({ how: 'REST v2: the pod is RUNNING' })
  expect(await isStopped(client, id, never)).toBe(false)
  runpod.advance(5000)
  expect(await isStopped(client, id, never)).toBe(true)
  await client.terminate(id, never)
  expect(await readBack(client, id, never)).toMatchObject({ fate: 'gone' })
  await runpod.goAway()
  expect(await isStopped(client, id, never)).toBe(false)
  expect(await readBack(client, id, AbortSignal.abort())).toMatchObject({ fate: 'unknown' })
})

test('stopPod() holds the key in nothing that it returns', async () => {
  await using runpod = await startRunpod({ traps: { echoesKey: true } })
  const key = `rpa_${'SentinelKey'.repeat(4)}`
  const outcome = await stopPod(clientOf(runpod, key), 'abc', 'stop', never)
  expect(JSON.stringify(outcome)).not.toMatch(/Sentinel/i)
  expect(outcome.stopped ? '' : `${outcome.problem.stack}`).not.toMatch(/Sentinel/i)
})

const anyFault: fc.Arbitrary<Fault> = fc.constantFrom<Fault[]>(
  { fault: 'answer', status: 401 },
  { fault: 'answer', status: 403 },
  { fault: 'answer', status: 409 },
  { fault: 'answer', status: 429, retryAfter: 30 },
  { fault: 'answer', status: 500, retryAfter: 0 },
  { fault: 'answer', status: 410, text: '' },
  { fault: 'errors', message: 'Something went wrong' },
  { fault: 'errors', message: 'Unauthorized', data: { podStop: { id: 'x', desiredStatus: 'EXITED' } } },
  { fault: 'html', status: 200 },
  { fault: 'html', status: 404 },
  { fault: 'redirect', to: '/v2/pods' },
  { fault: 'cut' },
  { fault: 'half' },
  { fault: 'lose-answer' },
)

test('stopPod() never says stopped of a pod that runs, and never rejects, whatever meets its requests', async () => {
  await using runpod = await startRunpod()
  const script = fc.array(fc.tuple(anyFault, fc.nat(2)), { maxLength: 8 })
  const verb = fc.constantFrom('stop' as const, 'terminate' as const)
  await fc.assert(
    fc.asyncProperty(script, verb, async (faults, toDo) => {
      runpod.faults.clear()
      for (const [fault, skip] of faults) runpod.faults.add({ ...fault, skip })
      const { id, outcome } = await climb(runpod, toDo)
      if (outcome.stopped) expect(runpod.pod(id).status).toBe(toDo === 'stop' ? 'EXITED' : 'TERMINATED')
      expect(outcome.rungs.length).toBeGreaterThan(0)
    }),
    { numRuns: 100 },
  )
})
