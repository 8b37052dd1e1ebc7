import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problem } from '../../../services/http/errors/problem.ts'
import { ask, type Question } from '../../fixtures/http/ask.ts'
import { type RunningHttp, runHttp } from '../../fixtures/http/run-http.ts'
import { useHttp } from '../../fixtures/http/use-http.ts'

const token = { authorization: 'Bearer generated-token' }
const command = { method: 'POST', path: '/services/trainer/stop', headers: token }

const cases: readonly (readonly [string, Question, number, RegExp])[] = [
  ['an unknown path', { path: '/nothing' }, 404, /nothing is at \/nothing: \/docs lists/],
  ['a path with a slip', { path: '/healtz' }, 404, /did you mean \/healthz\?/],
  ['an unknown service', { path: '/logs/trainr' }, 404, /did you mean trainer\?/],
  ['an unknown service to stop', { ...command, path: '/services/nope/stop' }, 404, /there are http, trainer/],
  ['an endless name', { path: `/logs/${'%C3%A4'.repeat(500)}` }, 404, /no service is called "ä/],
  ['a name from Object.prototype', { path: '/logs/__proto__' }, 404, /no service is called "__proto__"/],
  ['DELETE where only GET is', { method: 'DELETE', path: '/status' }, 405, /does not answer to DELETE/],
  ['GET where only POST is', { path: '/shutdown' }, 405, /does to POST/],
  ['a method nobody uses', { method: 'PROPFIND', path: '/status' }, 405, /PROPFIND/],
  ['OPTIONS', { method: 'OPTIONS', path: '/status' }, 405, /does to GET, HEAD/],
  ['TRACE', { method: 'TRACE', path: '/status' }, 405, /TRACE/],
  ['a body over 1 MB', { ...command, body: `"${'x'.repeat(1_048_576)}"` }, 413, /longer than 1 MB/],
  ['half a JSON body', { ...command, body: '{"force":' }, 400, /not valid JSON/],
  ['a form', { ...command, body: 'force=1' }, 400, /not valid JSON: Unexpected token/],
  ['a poisoned body', { ...command, body: '{"__proto__":{"force":true}}' }, 400, /__proto__/],
  [
    'a body of another type',
    { ...command, body: '[]' },
    422,
    /the body must be an object or null, not an array/,
  ],
  ['a field of another type', { ...command, body: '{"force":"yes"}' }, 422, /"force" must be true or false/],
  ['a field with a slip', { ...command, body: '{"forse":true}' }, 422, /"forse".*did you mean "force"\?/],
  ['an unknown command', { ...command, path: '/services/trainer/stopp' }, 422, /one of start, stop, restart/],
  [
    'a query of another type',
    { path: '/logs?lines=many' },
    422,
    /"lines" must be a whole number from 0 to 1000/,
  ],
  ['too large a number', { path: '/logs?lines=1001' }, 422, /from 0 to 1000/],
  [
    'an unknown query',
    { path: '/logs?line=5' },
    422,
    /unknown field "line" in the query: did you mean "lines"/,
  ],
  [
    'a repeated query',
    { path: '/logs?lines=5&lines=6' },
    422,
    /"lines" must be a whole number from 0 to 1000, not an array/,
  ],
  ['a path with a bad escape', { path: '/logs/%zz' }, 400, /% must be followed by two hex digits/],
  ['an endless path', { path: `/${'a'.repeat(5000)}` }, 404, /nothing is at/],
]

describe('http', () => {
  let running: RunningHttp
  let address = ''
  beforeAll(async () => {
    running = await runHttp()
    address = await running.url
  })
  afterAll(() => running.stop())

  test.each(cases)('answers %s with problem+json', async (_what, question, status, detail) => {
    const answer = await ask(address, question)
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(answer.json()).toMatchObject({ type: 'about:blank', status, title: expect.any(String) })
    expect(answer.json().detail).toMatch(detail)
    expect(answer.text).not.toMatch(/\.[tj]s:\d|node_modules|FST_/)
  })

  test('names the methods of a path in Allow', async () => {
    expect((await ask(address, { method: 'PUT', path: '/status' })).headers.allow).toBe('GET, HEAD')
    expect((await ask(address, { path: '/services/trainer/stop' })).headers.allow).toBe('POST')
  })

  const types = [
    'application/x-www-form-urlencoded',
    'text/plain',
    'multipart/form-data',
    ';;;',
    'nonsense',
    '',
  ]
  test.each(types)('reads the body as JSON although its type is %j', async (type) => {
    const headers = { ...token, 'content-type': type }
    const answer = await ask(address, { ...command, headers, body: '{"force":true}' })
    expect([answer.status, answer.json()]).toEqual([200, { ok: true, message: 'trainer: stop done' }])
    expect(running.pod.asked.at(-1)).toBe('stop trainer --force')
  })

  test('takes no body, an empty one and null alike', async () => {
    for (const body of [undefined, '', 'null', '{}']) {
      expect((await ask(address, { ...command, ...(body === undefined ? {} : { body }) })).status).toBe(200)
    }
  })

  test('answers HEAD like GET, without a body', async () => {
    for (const path of ['/healthz', '/status', '/events', '/', '/metrics']) {
      const answer = await ask(address, { method: 'HEAD', path })
      expect([path, answer.status, answer.text]).toEqual([path, 200, ''])
    }
  })
})

test('http keeps our own faults to its log and lives on', async () => {
  const { address, log } = await useHttp({
    routes: [
      async (app) => {
        app.get('/fault', { config: { access: 'open' } }, () => {
          throw new TypeError('the secret inner working')
        })
        app.get('/odd', { config: { access: 'open' } }, () => Promise.reject('not even an error'))
        app.get('/late', { config: { access: 'open' } }, () => {
          throw problem(503, 'the model is loading', { retryAfterSeconds: 2, extra: { model: 'demo' } })
        })
      },
    ],
  })
  for (const path of ['/fault', '/odd']) {
    const answer = await ask(address, { path })
    expect(answer.status).toBe(500)
    expect(answer.json().detail).toMatch(/podmate failed; its log has the cause under request req-/)
    expect(answer.text).not.toContain('inner')
  }
  expect(log.filter((line) => JSON.parse(line).err !== undefined)).toHaveLength(2)
  const late = await ask(address, { path: '/late' })
  expect([late.status, late.headers['retry-after'], late.json().model]).toEqual([503, '2', 'demo'])
})

test('http answers 503 with Retry-After for a handler that takes too long, and 408 for a body that does not come', async () => {
  const left = Promise.withResolvers<void>()
  const { address } = await useHttp({
    timings: { answerMs: 200 },
    routes: [
      async (app) => {
        app.post('/slow', { config: { access: 'open' } }, async (_request, reply) => {
          reply.raw.once('close', left.resolve)
          await new Promise((resolve) => setTimeout(resolve, 600))
          return { late: true }
        })
      },
    ],
  })
  const slow = await ask(address, { method: 'POST', path: '/slow', body: '{}' })
  expect([slow.status, slow.headers['retry-after']]).toEqual([503, '5'])
  expect(slow.json().detail).toMatch(/no answer within/)
  await left.promise
  const half = await ask(address, {
    method: 'POST',
    path: '/slow',
    headers: { 'content-length': 10 },
    body: '{}',
  })
  expect(half.status).toBe(408)
})

test('http refuses to start with a route that says nothing about access', async () => {
  const running = await runHttp({ routes: [async (app) => void app.get('/oversight', () => 'open to all')] })
  await expect(running.ended).rejects.toThrow('route GET /oversight declares no access')
})

const deep = (open: string, close: string) => open.repeat(100_000) + close.repeat(100_000)
const hostile: readonly (readonly [string, string])[] = [
  ['half a million wrong moves', `{"context":[${'1,'.repeat(499_000)}1]}`],
  [
    'a hundred thousand unknown fields',
    `{${Array.from({ length: 60_000 }, (_, i) => `"k${i}":1`).join(',')}}`,
  ],
  ['a very deep list', deep('[', ']')],
  ['a very deep field', `{"context":[],"topk":${deep('[', ']')}}`],
  ['a name of a megabyte', `{"${'k'.repeat(1_000_000)}":1}`],
  ['a number of a megabyte', `{"context":[],"topk":1${'0'.repeat(1_000_000)}}`],
]

test.each(hostile)('http answers 422 to %s without losing its breath', async (_what, body) => {
  const schema = {
    body: {
      type: 'object',
      additionalProperties: false,
      properties: {
        context: { type: 'array', maxItems: 1024, items: { type: 'string' } },
        topk: { type: ['integer', 'null'] },
      },
    },
  }
  const { address, log } = await useHttp({
    routes: [async (app) => void app.post('/moves', { config: { access: 'open' }, schema }, () => ({}))],
  })
  const before = process.memoryUsage.rss()
  const answer = await ask(address, { method: 'POST', path: '/moves', body })
  expect(answer.status).toBe(422)
  expect(answer.text.length).toBeLessThan(4000)
  expect(process.memoryUsage.rss() - before).toBeLessThan(200_000_000)
  expect(log.filter((line) => line.includes('"err"'))).toEqual([])
})
