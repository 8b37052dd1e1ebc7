import { expect, test } from 'vitest'
import type { JsonObject } from '../../../../supervisor/service.ts'
import { pageModule } from '../../../fixtures/page/page-module.ts'
import { artifactsDetails, trainingAutostop } from '../../../fixtures/page/stand-in-data.ts'

const { headline } = await pageModule('verdict/headline.js')
const { alerts } = await pageModule('verdict/alerts.js')
const { titleOf } = await pageModule('title.js')

const now = Date.parse('2026-11-22T12:00:00Z')
const service = (name: string, fields: JsonObject = {}) => ({ name, state: 'ready', restarts: 0, ...fields })

function podThat(
  autostop: JsonObject | undefined,
  services: readonly JsonObject[] = [],
  status: JsonObject = {},
) {
  const watched = autostop ? { details: { ...trainingAutostop(now), ...autostop } } : {}
  const all = [service('autostop', watched), ...services]
  return {
    status: {
      ...{ version: '1', startedAt: now - 3_600_000, state: 'running', warnings: [], seq: 1 },
      services: Object.fromEntries(all.map((one) => [one.name, one])),
      ...status,
    },
    ...{ samples: [], jobs: [], events: [], answeredAt: now, aheadMs: 0, address: new URL('http://a/') },
  }
}

test.each([
  ['runs', {}, 'Running', 'A training step came 2 s ago.', 'It stops after 1 h without use.'],
  [
    'has an end',
    { stops_at: now + 600_000, stops_because: 'budget' },
    'Running',
    'A training step came 2 s ago.',
    /^It stops in 10 min, at \d\d:10, when the budget is spent\.$/,
  ],
  [
    'counts down',
    { verdict: 'countdown', stops_at: now + 65_000, why: 'Idle.' },
    'Countdown',
    'The pod stops in 1:05.',
    'Idle.',
  ],
  [
    'is held',
    { hold: { until: now + 7_200_000, why: 'lunch' }, why: 'Held.' },
    'Held',
    /^Held until \d\d:00: lunch\.$/,
    'It goes on as before in 2 h. Held.',
  ],
  [
    'stops',
    { verdict: 'stopping', why: 'Idle.', stop: { step: 'flush' } },
    'Stopping',
    'The pod stops now.',
    'Idle. What is not safe yet goes up.',
  ],
  [
    'cannot be stopped',
    { verdict: 'stopping', why: 'Idle.', stop: { step: 'retry', problem: 'RunPod answers 500.' } },
    'Stopping',
    'The pod was to stop, and still runs.',
    'Idle. The stop is tried again.',
  ],
  [
    'is terminated',
    { verdict: 'countdown', stops_at: now + 5000, verb: 'terminate', why: '' },
    'Countdown',
    'The pod is terminated in 0:05.',
    '',
  ],
  ['is only watched', { dry_run: true }, 'Running', /step/, 'It would stop after 1 h without use.'],
  [
    'is not watched',
    { verdict: 'off', why: 'Nothing stops this pod by itself: START_WATCHDOG is 0.' },
    'Running',
    'The pod has been up for 1 h.',
    'Nothing stops this pod by itself: START_WATCHDOG is 0.',
  ],
])('headline() tells of a pod that %s', (_what, autostop, label, title, rest) => {
  expect(headline(podThat(autostop), now)).toMatchObject({
    label,
    title: title instanceof RegExp ? expect.stringMatching(title) : title,
    rest: rest instanceof RegExp ? expect.stringMatching(rest) : rest,
  })
})

test('headline() tells of a pod without autostop, of one that goes down, and of one that was not reached yet', () => {
  expect(headline(podThat(undefined), now)).toMatchObject({ rest: 'Nothing stops this pod by itself.' })
  const down = podThat({}, [], { state: 'stopping', reason: 'SIGTERM' })
  expect(headline(down, now).title).toBe('podmate is stopping: SIGTERM.')
  expect(headline({ ...down, status: undefined }, now).label).toBe('Connecting')
})

test('alerts() puts what is lost before what is late', () => {
  const pod = podThat(
    {
      stop: { step: 'retry', problem: 'RunPod answers 500.', next_try_at: now + 9000 },
      cost: { spent_usd: 8.5, budget_usd: 10, rate_usd_per_hour: 0.69 },
    },
    [
      service('sshd', { state: 'degraded', reason: 'port 22 is taken' }),
      service('trainer', { state: 'restarting', reason: 'exit 1' }),
      service('jupyter', { state: 'disabled', reason: 'off' }),
      service('artifacts', {
        details: {
          ...artifactsDetails(now),
          activity: 'stopped',
          last_problem: { text: 'HF_TOKEN is wrong' },
        },
      }),
    ],
    { warnings: ['one', 'two'] },
  )
  expect(alerts(pod, now).map(({ key, tone }: { key: string; tone: string }) => `${tone} ${key}`)).toEqual([
    'danger stop',
    'danger service sshd',
    'danger uploads',
    'warn budget',
    'warn service trainer',
    'warn warnings',
  ])
  expect(alerts(pod, now)[0].text).toBe(
    "RunPod answers 500. It goes on costing $0.69 an hour. Next try in 9 s. Stop it by hand in RunPod's console.",
  )
})

test('alerts() says that the pod is silent after ten seconds, not before', () => {
  const silent = { ...podThat({}), problem: 'the pod does not answer' }
  expect(alerts(silent, now + 9000)).toEqual([])
  expect(alerts(silent, now + 12_000)[0].title).toBe('No answer for 12 s')
})

test('titleOf() counts down in the tab', () => {
  expect(titleOf(podThat({ verdict: 'countdown', stops_at: now + 65_000 }), now)).toBe(
    'Stops in 1:05 · podmate',
  )
  expect(titleOf({ ...podThat({}), jobs: [{ status: 'running', last_loss: 0.123456 }] }, now)).toBe(
    '0.1235 loss · podmate',
  )
})
