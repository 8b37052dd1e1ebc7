import fc from 'fast-check'
import fastify from 'fastify'
import { expect, test } from 'vitest'
import {
  type SchemaError,
  schemaProblems,
  schemaSentence,
} from '../../../services/http/errors/schema-sentence.ts'
import { validationOptions } from '../../../services/http/requests/validation.ts'

const schema = {
  type: 'object',
  required: ['context'],
  additionalProperties: false,
  properties: {
    context: { type: 'array', items: { type: 'string', maxLength: 5 } },
    topk: { type: ['integer', 'null'] },
    lines: { type: 'string', pattern: '^\\d+$', title: 'a whole number' },
    side: { type: 'string', enum: ['W', 'B'] },
    deep: { type: 'object', properties: { 'a/b': { type: 'boolean' } } },
  },
}

const app = fastify({ ajv: { customOptions: validationOptions } })
app.post('/', { schema: { body: schema }, attachValidation: true }, (request) => {
  return request.validationError?.validation ?? []
})

/** What fastify finds wrong with a body. */
async function errorsOf(body: unknown): Promise<readonly SchemaError[]> {
  const headers = { 'content-type': 'application/json' }
  const answer = await app.inject({ method: 'POST', url: '/', headers, payload: JSON.stringify(body) })
  return answer.json()
}

const cases: readonly (readonly [unknown, string])[] = [
  [{}, 'the body lacks "context"'],
  [null, 'the body must be an object, not null'],
  [[], 'the body must be an object, not an array'],
  ['x', 'the body must be an object, not a string'],
  [{ context: [], contxt: [] }, 'unknown field "contxt" in the body: did you mean "context"?'],
  [
    { context: [], zzzzz: 1 },
    'unknown field "zzzzz" in the body: known are context, topk, lines, side, deep',
  ],
  [{ context: 'e2e4' }, '"context" must be an array, not a string'],
  [{ context: ['e2e4', 7] }, '"context[1]" must be a string, not the number 7'],
  [{ context: [], topk: '5' }, '"topk" must be a whole number or null, not a string'],
  [{ context: [], topk: true }, '"topk" must be a whole number or null, not true'],
  [{ context: [], lines: 'many' }, '"lines" must be a whole number (it is "many")'],
  [{ context: [], side: 'X' }, '"side" must be one of W, B, not "X"'],
  [{ context: ['e2e4e2e4'] }, '"context[0]" must NOT have more than 5 characters (it is "e2e4e2e4")'],
  [{ context: [], deep: { 'a/b': 1 } }, '"deep.a/b" must be true or false, not the number 1'],
]

test.each(cases)('schemaSentence() says what is wrong with %j', async (body, sentence) => {
  expect(schemaSentence(await errorsOf(body), 'body')).toBe(sentence)
})

test('schemaSentence() names the wanted forms instead of what each of them lacks', async () => {
  const forms = {
    type: 'object',
    title: 'an object with "a" or "b"',
    properties: { a: { type: 'string' }, b: { type: 'string' } },
    anyOf: [{ required: ['a'], properties: { b: false } }, { required: ['b'] }],
  }
  const one = fastify({ ajv: { customOptions: validationOptions } })
  one.post('/', { schema: { body: forms }, attachValidation: true }, (request) => {
    return request.validationError?.validation ?? []
  })
  const errors = (await one.inject({ method: 'POST', url: '/', payload: { a: 3 } })).json()
  expect(schemaSentence(errors, 'body')).toBe('"a" must be a string, not the number 3')
  const neither = (await one.inject({ method: 'POST', url: '/', payload: {} })).json()
  expect(schemaSentence(neither, 'body')).toBe('the body must be an object with "a" or "b"')
  expect(schemaProblems(neither, 'item 3')).toEqual({
    errors: [{ in: 'item 3', field: '', problem: 'item 3 must be an object with "a" or "b"' }],
  })
})

test('schemaSentence() names every error, and counts those beyond the fifth', async () => {
  const sentence = schemaSentence(await errorsOf({ context: [1, 2, 3, 4, 5, 6, 7] }), 'body')
  expect(sentence.split('; ')).toHaveLength(6)
  expect(sentence).toMatch(/; and 2 more$/)
})

test('schemaSentence() never repeats a long value of the client in full', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 300, maxLength: 400 }), async (text) => {
      expect(schemaSentence(await errorsOf({ context: [text], [text]: 1 }), 'body').length).toBeLessThan(600)
    }),
  )
})

test('schemaProblems() gives programs the field and the part of the request', async () => {
  expect(schemaProblems(await errorsOf({ context: [], topk: 'x' }), 'body')).toEqual({
    errors: [{ in: 'body', field: 'topk', problem: '"topk" must be a whole number or null, not a string' }],
  })
})
