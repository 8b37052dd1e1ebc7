import fastify, { type FastifyInstance } from 'fastify'
import { Registry } from 'prom-client'
import { afterEach, describe, expect, test } from 'vitest'
import type { AutostopDesk } from '../../../services/autostop/desk/desk.ts'
import { addAutostopMetrics } from '../../../services/autostop/desk/registry.ts'
import { autostopRoutes } from '../../../services/autostop/desk/routes.ts'
import { sharedSchemas } from '../../../services/http/shared-schemas.ts'
import { autostopState, fakeDesk, wallMs } from '../../fixtures/autostop/fake-desk.ts'

const apps: FastifyInstance[] = []
afterEach(async () => void (await Promise.all(apps.splice(0).map((app) => app.close()))))

async function routesOf(desk: AutostopDesk) {
  const app = fastify({ ajv: { customOptions: { coerceTypes: false, removeAdditional: false } } })
  apps.push(app)
  for (const schema of sharedSchemas) app.addSchema(schema)
  await app.register(autostopRoutes(desk))
  const post = (url: string, payload?: object) =>
    app.inject({ method: 'POST', url, ...(payload ? { payload } : {}) })
  return { app, post }
}

describe('autostopRoutes()', () => {
  test('GET /autostop says why the pod runs, when it stops and what it costs', async () => {
    const { app } = await routesOf(fakeDesk())
    const answer = await app.inject('/autostop')
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      {
        verdict: 'running',
        why: 'Nobody has used the pod for 10 minutes.',
        stops_at: wallMs + 3_000_000,
        stops_because: 'idle',
        idle_for_seconds: 600,
        idle_timeout_seconds: 3600,
        signals: [
          { name: 'ssh', state: 'quiet', seconds_since: 600, evidence: '3 idle tunnels' },
          {
            name: 'gpu',
            state: 'unknown',
            seconds_since: null,
            evidence: 'nvidia-smi has not answered for 5 s',
          },
        ],
        hold: null,
        cost: {
          spent_usd: 1.234,
          rate_usd_per_hour: 0.69,
          rate_source: 'POD_COST_PER_HR',
          budget_usd: 10,
          budget_ends_at: wallMs + 3_600_000,
          projected_usd_24h: 16.56,
          problem: null,
        },
        lifetime: { ends_at: null },
        stop: null,
        last_stop: null,
        problems: [],
        action: 'runpod_api',
        verb: 'stop',
        dry_run: false,
      },
    ])
  })

  test('GET /autostop tells of a stop that is refused, and of the one before', async () => {
    const state = autostopState({
      verdict: { kind: 'stopping', because: ['The budget is spent.'], cause: 'budget' },
      stop: {
        because: 'budget',
        step: 'retry',
        text: 'tries again',
        attempts: 3,
        problem: 'HTTP 401',
        nextTryAt: 5,
      },
      lastStop: { at: 7, because: 'idle', text: 'nobody used it' },
    })
    const { app } = await routesOf(fakeDesk({ state, cost: undefined }))
    expect((await app.inject('/autostop')).json()).toMatchObject({
      verdict: 'stopping',
      stops_at: wallMs,
      stop: { step: 'retry', attempts: 3, problem: 'HTTP 401', next_try_at: 5 },
      last_stop: { at: 7, because: 'idle', text: 'nobody used it' },
      cost: null,
    })
  })

  test('POST /autostop/hold holds, POST /autostop/release ends it, and both answer the standing', async () => {
    const { post } = await routesOf(fakeDesk())
    const held = await post('/autostop/hold', { seconds: 7200, why: ' lunch\n\u001b[31m and a nap ' })
    expect([held.statusCode, held.json().hold]).toEqual([
      200,
      { until: wallMs + 7_200_000, why: 'lunch [31m and a nap' },
    ])
    const released = await post('/autostop/release')
    expect([released.statusCode, released.json().hold]).toEqual([200, null])
  })

  test.each([
    [{}],
    [{ seconds: 0 }],
    [{ seconds: 1.5 }],
    [{ seconds: '60' }],
    [{ seconds: 604_801 }],
    [{ seconds: 60, reason: 'x' }],
    [{ seconds: 60, why: 'x'.repeat(201) }],
  ])('POST /autostop/hold refuses %j', async (body) => {
    const { post } = await routesOf(fakeDesk())
    expect((await post('/autostop/hold', body)).statusCode).toBe(400) // 422 behind http's own error handler
  })

  test('POST /autostop/stop asks for a stop, with or without a why', async () => {
    const desk = fakeDesk()
    const { post } = await routesOf(desk)
    expect((await post('/autostop/stop', {})).statusCode).toBe(200)
    expect((await post('/autostop/stop', { why: ' done\nfor today ' })).json()).toMatchObject({
      verb: 'stop',
    })
    expect(desk.stops).toEqual(['', 'done for today'])
    expect((await post('/autostop/stop', { reason: 'x' })).statusCode).toBe(400)
  })

  test.each([
    [{ off: 'START_IDLE_WATCHDOG is 0', state: undefined }, 'START_IDLE_WATCHDOG is 0.'],
    [{ cannotStop: 'RUNPOD_API_KEY is not set. Set it.' }, 'RUNPOD_API_KEY is not set. Set it.'],
  ])('POST /autostop/stop answers 409 where nothing can stop the pod: %j', async (part, reason) => {
    const desk = fakeDesk(part)
    const refused = await (await routesOf(desk)).post('/autostop/stop', {})
    expect([refused.statusCode, refused.json().message]).toEqual([
      409,
      `podmate cannot stop this pod: ${reason}`,
    ])
    expect(desk.stops).toEqual([])
  })

  test('refuses a hold with 409 where nothing stops the pod, and says why', async () => {
    const { app, post } = await routesOf(fakeDesk({ off: 'START_IDLE_WATCHDOG is 0', state: undefined }))
    for (const refused of [await post('/autostop/hold', { seconds: 60 }), await post('/autostop/release')]) {
      expect(refused.statusCode).toBe(409)
      expect(refused.json().message).toContain('START_IDLE_WATCHDOG is 0')
    }
    expect((await app.inject('/autostop')).json()).toMatchObject({
      verdict: 'off',
      why: 'Nothing stops this pod by itself: START_IDLE_WATCHDOG is 0.',
      signals: [],
      stops_at: null,
    })
  })

  test('GET /autostop looks anew when it is asked to', async () => {
    const desk = fakeDesk()
    const { app } = await routesOf(desk)
    await app.inject('/autostop?look=0')
    expect(desk.looks).toBe(0)
    expect((await app.inject('/autostop?look=1')).statusCode).toBe(200)
    expect(desk.looks).toBe(1)
    expect((await app.inject('/autostop?look=yes')).statusCode).toBe(400)
  })

  test('GET /autostop answers before anything was judged', async () => {
    const { app } = await routesOf(fakeDesk({ state: undefined }))
    expect((await app.inject('/autostop')).json()).toMatchObject({
      verdict: 'running',
      why: 'podmate has just started; nothing has been judged yet.',
    })
  })

  test('GET /autostop/journal answers the last entries, newest last', async () => {
    const desk = fakeDesk()
    desk.entries = Array.from({ length: 300 }, (_, at) => ({ at, event: 'step', text: `${at}` }))
    const { app } = await routesOf(desk)
    const usual = (await app.inject('/autostop/journal')).json().entries
    expect([usual.length, usual.at(-1).at]).toEqual([200, 299])
    const two = (await app.inject('/autostop/journal?last=2')).json().entries
    expect(two.map(({ text }: { text: string }) => text)).toEqual(['298', '299'])
    expect((await app.inject('/autostop/journal?last=1001')).statusCode).toBe(400)
  })
})

describe('addAutostopMetrics()', () => {
  test('shows what is known, and NaN for what is not', async () => {
    const registry = new Registry()
    const desk = fakeDesk()
    addAutostopMetrics(registry, desk.standing)
    const text = await registry.metrics()
    expect(text.split('\n').filter((line) => !line.startsWith('#') && line !== '')).toEqual([
      'podmate_autostop_idle_seconds 600',
      'podmate_autostop_idle_timeout_seconds 3600',
      'podmate_autostop_stop_in_seconds 3000',
      'podmate_autostop_stop_attempts 0',
      'podmate_autostop_stop_refused 0',
      'podmate_autostop_hold_until_timestamp_seconds Nan',
      'podmate_cost_spent_usd 1.234',
      'podmate_cost_rate_usd_per_hour 0.69',
      'podmate_cost_budget_usd 10',
      'podmate_autostop_signal{signal="ssh",state="active"} 0',
      'podmate_autostop_signal{signal="ssh",state="quiet"} 1',
      'podmate_autostop_signal{signal="ssh",state="unknown"} 0',
      'podmate_autostop_signal{signal="gpu",state="active"} 0',
      'podmate_autostop_signal{signal="gpu",state="quiet"} 0',
      'podmate_autostop_signal{signal="gpu",state="unknown"} 1',
    ])
  })

  test('shows nothing as zero when it is off', async () => {
    const registry = new Registry()
    addAutostopMetrics(registry, fakeDesk({ off: 'no pod', state: undefined, cost: undefined }).standing)
    const values = (await registry.metrics()).split('\n').filter((line) => /^podmate/.test(line))
    expect(values.length).toBe(9)
    expect(values.filter((line) => !line.endsWith(' Nan'))).toEqual([])
  })
})
