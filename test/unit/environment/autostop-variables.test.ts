import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { effectiveConfiguration } from '../../../environment/effective-configuration.ts'
import { variableTable } from '../../../environment/variable-table.ts'
import { readEnvironment } from '../../../environment.ts'

const names = variableTable.filter(({ group }) => group === 'autostop').map(({ name }) => name)
type Env = Readonly<Record<string, string | undefined>>
const values = (env: Env) => readEnvironment(env).values.autostop
const problems = (env: Env) => readEnvironment(env).problems.map(({ message }) => message)

describe('readEnvironment() of the group autostop', () => {
  test('gives defaults under which a pod of RunPod stops after an hour, and nothing costs work', () => {
    expect(values({})).toEqual({
      START_IDLE_WATCHDOG: 'auto',
      IDLE_TIMEOUT_SECONDS: 3600,
      IDLE_CHECK_INTERVAL_SECONDS: 60,
      IDLE_COUNTDOWN_SECONDS: 60,
      IDLE_GPU_UTIL_THRESHOLD: 10,
      IDLE_GPU_MEM_MB_THRESHOLD: 0,
      IDLE_ACTIVE_PROCESS_PATTERNS: [],
      AUTOSTOP_ACTION: 'runpod_api',
      AUTOSTOP_VERB: 'stop',
      AUTOSTOP_TERMINATE_UNSYNCED: false,
      UNKNOWN_GRACE_SECONDS: 1800,
      TRAIN_ON_FINISH: { success: 'keep', failure: 'keep' },
      TRAIN_HOLD_SECONDS: 0,
      TRAIN_STOP_GRACE_SECONDS: 60,
      RUNPOD_REST_URL: 'https://api.runpod.io',
      RUNPOD_GRAPHQL_ENDPOINT: 'https://api.runpod.io/graphql',
    })
  })

  test('takes 1 for every duration of idleness, and shortens what nobody gave', () => {
    const one = {
      IDLE_TIMEOUT_SECONDS: '1',
      IDLE_CHECK_INTERVAL_SECONDS: '1',
      IDLE_COUNTDOWN_SECONDS: '1',
    }
    expect(problems(one)).toEqual([])
    expect(values(one)).toMatchObject({ IDLE_TIMEOUT_SECONDS: 1, IDLE_COUNTDOWN_SECONDS: 1 })
    expect(values({ IDLE_TIMEOUT_SECONDS: '30' })).toMatchObject({
      IDLE_CHECK_INTERVAL_SECONDS: 30,
      IDLE_COUNTDOWN_SECONDS: 15,
    })
  })

  test.each([
    ['keep', 'keep', 'keep'],
    ['Stop', 'stop', 'stop'],
    ['success=stop', 'stop', 'keep'],
    ['failure=sync', 'keep', 'sync'],
    ['success=terminate, failure=keep', 'terminate', 'keep'],
    ['failure=stop,success=sync', 'sync', 'stop'],
  ])('reads TRAIN_ON_FINISH=%s', (text, success, failure) => {
    expect(values({ TRAIN_ON_FINISH: text })?.TRAIN_ON_FINISH).toEqual({ success, failure })
  })

  test.each(['halt', 'success=halt', 'success=stop,success=keep', 'stop,keep', 'success=', 'success'])(
    'refuses TRAIN_ON_FINISH=%s and keeps the pod',
    (text) => {
      expect(problems({ TRAIN_ON_FINISH: text })).toEqual([
        expect.stringMatching(/^TRAIN_ON_FINISH must be keep, sync, .*success=stop,failure=keep; correct it/),
      ])
      expect(values({ TRAIN_ON_FINISH: text })?.TRAIN_ON_FINISH).toEqual({ success: 'keep', failure: 'keep' })
    },
  )

  test.each([
    ['10', 10],
    ['$12.50', 12.5],
    ['0.69', 0.69],
    ['20 USD', 20],
  ])('reads the amount %s', (text, dollars) => {
    expect(values({ BUDGET_USD: text, POD_COST_PER_HR: text })).toMatchObject({
      BUDGET_USD: dollars,
      POD_COST_PER_HR: dollars,
    })
  })

  test.each(['0', '-1', 'ten', '1,50', '1e3', '0x10', '$'])('refuses the amount %s', (text) => {
    expect(problems({ BUDGET_USD: text })).toEqual([expect.stringContaining('BUDGET_USD must be an amount')])
  })

  test('takes one wrong value as unset, and lets the rest hold, the budget above all', () => {
    const env = { IDLE_TIMEOUT_SECONDS: 'soon', BUDGET_USD: '10', AUTOSTOP_ACTION: 'nothing' }
    expect(problems(env)).toEqual([
      'IDLE_TIMEOUT_SECONDS must be a whole number from 1 to 31536000; correct it, or unset it (then: 3600)',
      expect.stringContaining('AUTOSTOP_ACTION must be one of runpod_api, exit, none'),
    ])
    expect(values(env)).toMatchObject({
      BUDGET_USD: 10,
      IDLE_TIMEOUT_SECONDS: 3600,
      AUTOSTOP_ACTION: 'runpod_api',
    })
  })

  test.each<[Env, string]>([
    [
      { IDLE_TIMEOUT_SECONDS: '60', IDLE_COUNTDOWN_SECONDS: '61' },
      'IDLE_COUNTDOWN_SECONDS is longer than IDLE_TIMEOUT_SECONDS; make it shorter, or the timeout longer',
    ],
    [
      { AUTOSTOP_ACTION: 'exit', AUTOSTOP_VERB: 'terminate' },
      'AUTOSTOP_VERB is terminate and AUTOSTOP_ACTION is exit; only the API of RunPod can terminate: set AUTOSTOP_ACTION to runpod_api, or AUTOSTOP_VERB to stop',
    ],
    [
      { AUTOSTOP_ACTION: 'exit', TRAIN_ON_FINISH: 'failure=terminate' },
      'TRAIN_ON_FINISH names terminate and AUTOSTOP_ACTION is exit; only the API of RunPod can terminate: set AUTOSTOP_ACTION to runpod_api, or name stop',
    ],
  ])('names what contradicts itself in %j', (env, message) => {
    expect(problems(env)).toEqual([message])
    expect(values(env)).toMatchObject({ IDLE_COUNTDOWN_SECONDS: expect.any(Number), AUTOSTOP_VERB: 'stop' })
  })

  test('finds a contradiction also beside a value that is wrong by itself', () => {
    const env = { BUDGET_USD: 'x', IDLE_TIMEOUT_SECONDS: '60', IDLE_COUNTDOWN_SECONDS: '90' }
    expect(problems(env)).toHaveLength(2)
    expect(values(env)).toMatchObject({ IDLE_TIMEOUT_SECONDS: 60, IDLE_COUNTDOWN_SECONDS: 30 })
  })

  test.each([
    ['RUNPOD_REST_URL', 'http://api.runpod.io'],
    ['RUNPOD_REST_URL', 'http://localhost.evil.example'],
    ['RUNPOD_REST_URL', 'https://me:secret@api.runpod.io'],
    ['RUNPOD_GRAPHQL_ENDPOINT', 'http://api.runpod.io/graphql'],
    ['RUNPOD_GRAPHQL_ENDPOINT', 'api.runpod.io/graphql'],
  ])('refuses %s=%s: a key would travel in the open', (name, value) => {
    expect(problems({ [name]: value })).toEqual([expect.stringContaining(`${name} must be an https address`)])
  })

  test.each([
    ['RUNPOD_REST_URL', 'http://127.0.0.1:4321'],
    ['RUNPOD_GRAPHQL_ENDPOINT', 'https://api.runpod.io/graphql?api_key=abcdefgh'],
    ['RUNPOD_GRAPHQL_ENDPOINT', 'http://localhost:4321/graphql'],
  ])('takes %s=%s', (name, value) => expect(problems({ [name]: value })).toEqual([]))

  test('always has values, whatever is wrong', () => {
    const anything = fc.oneof(fc.string(), fc.constantFrom('1', '0', 'stop', 'terminate', 'exit', '99999'))
    const environments = fc.record(Object.fromEntries(names.map((name) => [name, anything])), {
      requiredKeys: [],
    })
    fc.assert(fc.property(environments, (env) => values(env) !== undefined))
  })

  test('hides the key, and shows the policy as it is written', () => {
    const shown = new Map(
      effectiveConfiguration({ RUNPOD_API_KEY: 'sentinel-key', TRAIN_ON_FINISH: 'failure=stop' }).map(
        ({ name, value }) => [name, value],
      ),
    )
    expect(shown.get('RUNPOD_API_KEY')).toBe('***')
    expect(shown.get('TRAIN_ON_FINISH')).toBe('success=keep,failure=stop')
  })
})
