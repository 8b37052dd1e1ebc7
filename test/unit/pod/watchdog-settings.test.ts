import { describe, expect, test } from 'vitest'
import { problemsOf, settingsOf, whyOff } from '../../../boot/watchdog-settings.ts'
import { readEnvironment } from '../../../environment.ts'

function setupOf(env: Record<string, string>) {
  const environment = readEnvironment(env)
  const { pod: core } = environment.values
  if (!core) throw new Error('the core group is in order')
  return { environment, core, env, version: '1.2.3' }
}
const offBy = (env: Record<string, string>) => whyOff(setupOf(env), settingsOf(setupOf(env)))

describe('whyOff()', () => {
  test('is undefined where anything can stop the pod', () => {
    for (const env of [
      { RUNPOD_POD_ID: 'pod1' },
      { START_IDLE_WATCHDOG: '1' },
      { START_IDLE_WATCHDOG: '0', BUDGET_USD: '5' },
      { MAX_LIFETIME_SECONDS: '60' },
      { TRAIN_ON_FINISH: 'success=stop' },
    ] as Record<string, string>[])
      expect(offBy(env)).toBeUndefined()
  })

  test('names what nobody has set', () => {
    expect(offBy({})).toContain('RUNPOD_POD_ID is not set')
    expect(offBy({ RUNPOD_POD_ID: 'pod1', START_IDLE_WATCHDOG: '0' })).toBe('START_IDLE_WATCHDOG is 0')
    // Who meant to set a budget must not hear that none was asked for.
    expect(offBy({ BUDGET_USD: '-3' })).toMatch(/RUNPOD_POD_ID is not set; BUDGET_USD must be an amount/)
  })
})

describe('settingsOf()', () => {
  test('never stops for idleness where that was not asked for, and keeps the other limits', () => {
    const env = {
      RUNPOD_POD_ID: 'pod1',
      START_IDLE_WATCHDOG: '0',
      BUDGET_USD: '5',
      MAX_LIFETIME_SECONDS: '60',
    }
    expect(settingsOf(setupOf(env))).toMatchObject({
      ...{ idleTimeoutMs: Number.POSITIVE_INFINITY, budgetUsd: 5, maxLifetimeMs: 60_000 },
    })
    expect(settingsOf(setupOf({ RUNPOD_POD_ID: 'pod1' })).idleTimeoutMs).toBe(3_600_000)
  })
})

describe('problemsOf()', () => {
  const impossible = 'RUNPOD_API_KEY is not set.'
  test('says before the time comes why the pod cannot be stopped as it should', () => {
    expect(problemsOf(setupOf({}), undefined)).toEqual([])
    expect(problemsOf(setupOf({}), impossible)).toEqual([`This pod cannot stop itself: ${impossible}`])
    expect(problemsOf(setupOf({ AUTOSTOP_ACTION: 'none' }), impossible)).toEqual([])
    expect(problemsOf(setupOf({ AUTOSTOP_ACTION: 'exit' }), impossible)[0]).toContain('the bill goes on')
    expect(problemsOf(setupOf({ AUTOSTOP_VERB: 'terminate' }), undefined)[0]).toContain(
      'HF_REPO_ID is not set',
    )
    const ordered = { AUTOSTOP_VERB: 'terminate', AUTOSTOP_TERMINATE_UNSYNCED: '1' }
    expect(problemsOf(setupOf(ordered), undefined)).toEqual([])
    expect(problemsOf(setupOf({ IDLE_TIMEOUT_SECONDS: 'soon' }), undefined)[0]).toContain(
      'IDLE_TIMEOUT_SECONDS',
    )
  })
})
