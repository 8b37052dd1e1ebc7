import { expect, test } from 'vitest'
import { contractAtHand, contractOf } from '../../fakes/runpod/contract.ts'
import { keys, startRunpod } from '../../fakes/runpod.ts'
import { clientOf, never } from '../../fixtures/runpod/ask-runpod.ts'

const json = (schema: object, kind = 'application/json') => ({ content: { [kind]: { schema } } })
const small = contractOf({
  paths: {
    '/v2/pods/{id}/action': {
      post: {
        requestBody: json({ $ref: '#/components/schemas/Act' }),
        responses: {
          200: json({ type: 'object', required: ['id'] }),
          404: { $ref: '#/components/responses/Missing' },
          default: json({ type: 'object', required: ['detail'] }, 'application/problem+json'),
        },
      },
    },
  },
  components: {
    schemas: {
      Act: {
        allOf: [{ type: 'object', properties: { action: { enum: ['stop'] } } }],
        unevaluatedProperties: false,
      },
    },
    responses: { Missing: json({ required: ['title'], type: 'object' }, 'application/problem+json') },
  },
})

const path = '/v2/pods/abc/action'

test.for([
  [{ action: 'stop' }, undefined],
  [{ action: 'pause' }, '/action must be equal to one of the allowed values'],
  [{ action: 'stop', force: true }, ' must NOT have unevaluated properties'],
] as const)('contractOf() judges the request %j', ([body, wrong]) => {
  expect(small.request('POST', path, body)).toBe(wrong)
})

test.for([
  [200, { id: 'abc', more: 1 }, undefined],
  [200, {}, " must have required property 'id'"],
  [404, { title: 'x' }, undefined],
  [404, {}, " must have required property 'title'"],
  [500, {}, " must have required property 'detail'"],
  [204, undefined, undefined],
  [204, {}, 'a 204 with a body'],
] as const)('contractOf() judges the answer %i %j', ([status, body, wrong]) => {
  expect(small.answer('POST', path, status, body)).toBe(wrong)
})

test('contractOf() knows what is no operation', () => {
  expect(small.request('GET', path, undefined)).toBe(`GET ${path} is no operation`)
  expect(small.answer('POST', '/v2/pods', 200, {})).toBe('POST /v2/pods is no operation')
})

const contract = contractAtHand()

// RunPod's document is not part of the repository: where it lies beside it (or PODMATE_RUNPOD_OPENAPI names it), every
// stand-in of every test is held to it, and this one more closely.
if (contract !== undefined) {
  test("the client's requests and the stand-in's answers are as RunPod's document says", async () => {
    await using runpod = await startRunpod()
    const { id } = runpod.addPod()
    const client = clientOf(runpod, keys.account)
    await client.get(id, never)
    await client.stop(id, never)
    await expect(client.stop(id, never)).rejects.toMatchObject({ kind: 'conflict' })
    await client.start(id, never)
    await client.terminate(id, never)
    await expect(client.terminate(id, never)).rejects.toMatchObject({ kind: 'not-found' })
    expect(runpod.contract).toBe(contract)
    for (const { method, target, body } of runpod.log) {
      expect(contract.request(method, target, body)).toBeUndefined()
    }
    expect(runpod.log).toHaveLength(6)
  })
}

test('a stand-in whose answer is not as its document says does not close in peace', async () => {
  const runpod = await startRunpod({ contract: small })
  const { id } = runpod.addPod()
  // An operation that the small document does not have.
  await clientOf(runpod, keys.account).get(id, never)
  await expect(runpod.close()).rejects.toThrow(`GET /v2/pods/${id} is no operation`)
})
