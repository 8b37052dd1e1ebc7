import fastify from 'fastify'
import { Counter } from 'prom-client'
import { expect, test } from 'vitest'
import type { HttpOptions } from '../../../services/http/service.ts'
import { sharedSchemas } from '../../../services/http/shared-schemas.ts'
import { ask } from '../../fixtures/http/ask.ts'
import { fakePod } from '../../fixtures/http/fake-pod.ts'
import { openapiProblems } from '../../fixtures/http/openapi-problems.ts'
import { useHttp } from '../../fixtures/http/use-http.ts'

const moves: HttpOptions['routes'][number] = async (app) => {
  const body = { type: 'object', properties: { context: { type: 'array', items: { type: 'string' } } } }
  app.post(
    '/infer',
    { config: { access: 'read', activity: true }, schema: { summary: 'Moves', body } },
    () => {
      return { topk: [] }
    },
  )
}

/** Every line of a scrape: its name with labels, and its value. */
function samples(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]),
  )
}

test('/metrics tells states, restarts, probes and suppressed lines as they are at each scrape', async () => {
  const pod = fakePod(['http', 'trainer'])
  const { address } = await useHttp({}, pod)
  const scrape = async () => samples((await ask(address, { path: '/metrics' })).text)
  const first = await scrape()
  expect(first.get('podmate_up')).toBe('1')
  expect(first.get('podmate_service_state{service="trainer",state="ready"}')).toBe('1')
  expect(first.get('podmate_service_state{service="trainer",state="crashloop"}')).toBe('0')
  expect(first.get('podmate_service_restarts_total{service="trainer"}')).toBe('0')
  expect(Number(first.get('podmate_service_ready_seconds{service="http"}'))).toBeGreaterThan(0)
  expect(Number(first.get('process_resident_memory_bytes'))).toBeGreaterThan(1e7)
  expect(Number(first.get('process_cpu_seconds_total'))).toBeGreaterThan(0)

  pod.emit({ service: 'trainer', type: 'probe-failed', probe: 'ready', reason: 'refused', failures: 1 })
  pod.emit({ service: 'trainer', type: 'suppressed', lines: 7 })
  pod.emit({ service: 'trainer', type: 'starting', attempt: 3 })
  pod.emit({ type: 'pod-warning', text: 'x' })
  const second = await scrape()
  expect(second.get('podmate_service_state{service="trainer",state="ready"}')).toBe('0')
  expect(second.get('podmate_service_state{service="trainer",state="starting"}')).toBe('1')
  expect(second.get('podmate_service_restarts_total{service="trainer"}')).toBe('2')
  expect(second.get('podmate_service_probe_failures_total{service="trainer"}')).toBe('1')
  expect(second.get('podmate_service_suppressed_lines_total{service="trainer"}')).toBe('7')
  expect(second.has('podmate_service_ready_seconds{service="trainer"}')).toBe(false)
  expect(second.get('podmate_warnings')).toBe('1')
})

test('/metrics takes up the metrics of other services, also after a restart of http', async () => {
  const add: NonNullable<HttpOptions['metrics']>[number] = (registry) => {
    new Counter({ name: 'podmate_moves_total', help: 'Moves.', registers: [registry] }).inc(3)
  }
  for (let run = 0; run < 2; run += 1) {
    const { address } = await useHttp({ metrics: [add] })
    expect(samples((await ask(address, { path: '/metrics' })).text).get('podmate_moves_total')).toBe('3')
  }
})

test('/openapi.json is OpenAPI 3.1, without a loose end, and names every route but the documentation', async () => {
  const routes: string[] = []
  const watch: HttpOptions['routes'][number] = async (app) => {
    // Last of all, so that the tree of routes is complete.
    app.addHook(
      'onReady',
      async () => void routes.push(...app.printRoutes({ commonPrefix: false }).split('\n')),
    )
  }
  const { address } = await useHttp({ routes: [moves, watch] })
  const document = (await ask(address, { path: '/openapi.json' })).json()
  expect(document.openapi).toBe('3.1.0')
  expect(openapiProblems(document)).toEqual([])
  const named = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations as object).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(named.sort()).toEqual([
    'GET /',
    'GET /events',
    'GET /healthz',
    'GET /logs',
    'GET /logs/{service}',
    'GET /metrics',
    'GET /openapi.json',
    'GET /readyz',
    'GET /status',
    'GET /timing',
    'GET /token',
    'POST /infer',
    'POST /services/{name}/{command}',
    'POST /shutdown',
  ])
  const leaves = routes.filter((line) => /\((GET|POST)/.test(line) && !/docs|\* \(/.test(line))
  expect(leaves).toHaveLength(named.length)
})

test('/openapi.json says which routes need the token and what can go wrong', async () => {
  const { address } = await useHttp({ routes: [moves] })
  const { paths } = (await ask(address, { path: '/openapi.json' })).json()
  expect(paths['/healthz'].get.security).toEqual([])
  expect(paths['/status'].get.security[0]).toEqual({})
  expect(paths['/shutdown'].post.security).toEqual([{ bearer: [] }, { query: [] }])
  expect(Object.keys(paths['/infer'].post.responses)).toEqual(['200', '400', '401', '413', '422', '503'])
})

test('answers are what their schemas say', async () => {
  const pod = fakePod(['http', 'trainer', 'sshd'])
  const { address } = await useHttp({}, pod)
  const ending = { ok: false, exitCode: null, signal: 'SIGKILL', reason: 'signal SIGKILL (oom)' }
  pod.emit({ service: 'sshd', type: 'disabled', reason: 'no key' })
  pod.emit({ service: 'trainer', type: 'ended', ending, lastLines: ['a'] })
  pod.emit({ service: 'trainer', type: 'restarting', delayMs: 1000, failures: 1 })
  pod.logLine('trainer', 'step 1')
  const check = fastify()
  for (const schema of sharedSchemas) check.addSchema(schema)
  const answers = [
    ['PodStatus', (await ask(address, { path: '/status' })).json()],
    ['Readiness', (await ask(address, { path: '/readyz' })).json()],
    ['Problem', (await ask(address, { path: '/nothing' })).json()],
    ['LogLine', (await ask(address, { path: '/logs' })).json().lines[0]],
    ['PodEvent', pod.eventsAfter(0)?.at(-1)],
  ] as const
  for (const [name] of answers) {
    check.post(`/${name}`, { schema: { body: { $ref: `${name}#` } }, attachValidation: true }, (request) => ({
      problem: request.validationError?.message ?? null,
    }))
  }
  for (const [name, body] of answers) {
    const answer = await check.inject({ method: 'POST', url: `/${name}`, payload: body })
    expect([name, answer.json()]).toEqual([name, { problem: null }])
  }
  const bad = await check.inject({ method: 'POST', url: '/PodStatus', payload: { seq: 'x' } })
  expect(bad.json().problem).toMatch(/required/)
})

test('/docs shows the API with nothing from other servers', async () => {
  const { address } = await useHttp()
  const page = await ask(address, { path: '/docs/' })
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  const assets = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, asset = '']) => asset)
  expect(assets.length).toBeGreaterThan(3)
  for (const asset of assets) {
    expect(asset).not.toMatch(/^(https?:)?\/\//)
    expect((await ask(address, { path: new URL(asset, 'http://a/docs/').pathname })).status).toBe(200)
  }
  const missing = await ask(address, { path: '/docs/static/no-such-file' })
  expect([missing.status, missing.headers['content-type']]).toEqual([
    404,
    'application/problem+json; charset=utf-8',
  ])
  expect((await ask(address, { method: 'POST', path: '/docs' })).status).toBe(405)
})

test('GET / is the page', async () => {
  const { address } = await useHttp()
  const page = await ask(address)
  expect(page.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
  })
  expect(page.text).toContain('<script type="module" src="page/')
})
