import { describe, expect, test } from 'vitest'
import type { AutostopAnswer } from '../../../scripts/podctl/autostop-answer.ts'
import { costLines, dollars } from '../../../scripts/podctl/cost.ts'
import { dryRunLines } from '../../../scripts/podctl/dry-run-lines.ts'
import { duration } from '../../../scripts/podctl/duration.ts'
import { earlierEnds, holdLine } from '../../../scripts/podctl/hold.ts'
import { whyLines } from '../../../scripts/podctl/why-lines.ts'

const now = Date.UTC(2026, 10, 22, 12)
const minutes = (count: number) => now + count * 60_000

const answer: AutostopAnswer = {
  verdict: 'running',
  why: 'Nobody has used the pod for 10 minutes.',
  stops_at: minutes(50),
  stops_because: 'idle',
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
    spent_usd: 4.2,
    rate_usd_per_hour: 0.69,
    rate_source: 'POD_COST_PER_HR',
    budget_usd: 10,
    budget_ends_at: minutes(500),
    projected_usd_24h: 16.56,
    problem: null,
  },
  lifetime: { ends_at: null },
  stop: null,
  last_stop: { at: minutes(-600), because: 'idle', text: 'nobody used the pod for an hour' },
  problems: [],
  action: 'runpod_api',
  verb: 'stop',
  dry_run: false,
}
const journal = [
  { at: minutes(-600), event: 'stopped', text: 'nobody used the pod for an hour' },
  { at: minutes(-20), event: 'dry-run', text: 'It would have stopped: nobody used it.' },
]

describe('whyLines()', () => {
  test('tells why it runs, when it stops, by what that is known, what it costs, and why it stopped before', () => {
    expect(whyLines(answer, journal, now)).toEqual([
      'Nobody has used the pod for 10 minutes.',
      'It stops at 2026-11-22 12:50 UTC (in 50 m) because nobody uses it, if nothing changes.',
      '',
      'SIGNAL  STATE    LAST ACTIVE  EVIDENCE',
      'ssh     quiet    10 m ago     3 idle tunnels',
      'gpu     unknown  never        nvidia-smi has not answered for 5 s',
      '',
      'spent: $4.20',
      'rate: $0.690 an hour (POD_COST_PER_HR)',
      'the next 24 hours: $16.56',
      'budget: $10.00, 42 % of it spent; at this rate it is spent at 2026-11-22 20:20 UTC (in 8 h 20 m)',
      '',
      'The last time it stopped 10 h 0 m ago (2026-11-22 02:00 UTC): nobody used the pod for an hour',
      '',
      'WHEN                  WHAT',
      '2026-11-22 02:00 UTC  stopped  nobody used the pod for an hour',
      '2026-11-22 11:40 UTC  dry-run  It would have stopped: nobody used it.',
    ])
  })

  test('begins with a stop that is refused, and with the way out', () => {
    const stop = {
      step: 'retry',
      text: 'tries again',
      attempts: 2,
      problem: 'HTTP 401: the key is wrong',
      next_try_at: minutes(1),
    }
    const lines = whyLines({ ...answer, verdict: 'stopping', stop, problems: ['no key'] }, [], now)
    expect(lines.filter((line) => line.startsWith('It stops at'))).toEqual([]) // it does not
    expect(lines.slice(0, 3)).toEqual([
      'IT CANNOT STOP, AND COSTS MONEY: HTTP 401: the key is wrong',
      '2 tries so far, next 2026-11-22 12:01 UTC (in 1 m). Stop it by hand: https://console.runpod.io/pods',
      'PROBLEM: no key',
    ])
  })

  test('says what it does while it stops, and that nothing stops it where nothing does', () => {
    const stop = {
      step: 'flush',
      text: 'uploads what is left',
      attempts: 0,
      problem: null,
      next_try_at: null,
    }
    expect(whyLines({ ...answer, stop }, [], now)[0]).toBe('It is stopping: uploads what is left.')
    expect(whyLines({ ...answer, stops_at: null, stops_because: null }, [], now)[1]).toBe(
      'As things stand nothing stops it.',
    )
    const off = { ...answer, verdict: 'off' as const, why: 'Off.', signals: [], cost: null, last_stop: null }
    expect(whyLines(off, [], now)).toEqual(['Off.'])
  })

  test('tells what it is held for, and what no hold changes', () => {
    const held = { ...answer, hold: { until: minutes(600), why: 'lunch' } }
    expect(whyLines(held, [], now).slice(2, 4)).toEqual([
      'The pod is held until 2026-11-22 22:00 UTC (in 10 h 0 m): lunch.',
      'BUDGET_USD stops it before that, at 2026-11-22 20:20 UTC: no hold changes that.',
    ])
  })
})

describe('dryRunLines()', () => {
  test('tells when it would have stopped', () => {
    expect(dryRunLines({ ...answer, dry_run: true, action: 'none' }, journal, now)).toEqual([
      'AUTOSTOP_ACTION is none: this pod never stops itself, and says when it would have.',
      'Nobody has used the pod for 10 minutes.',
      'It would stop (AUTOSTOP_ACTION is none, so it will not) at 2026-11-22 12:50 UTC (in 50 m) because nobody uses it, if nothing changes.',
      '',
      'It would have stopped:',
      'WHEN                  WHAT',
      '2026-11-22 11:40 UTC  dry-run  It would have stopped: nobody used it.',
    ])
  })

  test('does not take a pod that really stops for a dry one', () => {
    const lines = dryRunLines(answer, [], now)
    expect(lines[0]).toContain('AUTOSTOP_ACTION is runpod_api: this pod really stops.')
    expect(lines.at(-1)).toBe('So far it would not have stopped.')
  })
})

describe('costLines()', () => {
  const nothing = {
    ...{ spent_usd: null, rate_usd_per_hour: null, rate_source: null, budget_usd: null },
    ...{ budget_ends_at: null, projected_usd_24h: null, problem: null },
  }

  test('names the variable that is missing where no rate is known', () => {
    expect(costLines(nothing, now)).toEqual([
      'rate: not known; set POD_COST_PER_HR',
      'budget: none; BUDGET_USD sets one',
    ])
    expect(costLines(null, now)).toEqual([
      'Nothing counts what this pod costs: autostop does not run, and `podctl why` says why.',
    ])
  })

  test('tells the problem of a budget that cannot be kept', () => {
    const problem = 'no rate is known, so BUDGET_USD stops nothing; set POD_COST_PER_HR'
    expect(costLines({ ...nothing, budget_usd: 10, problem }, now).slice(1)).toEqual([
      'budget: $10.00',
      `problem: ${problem}`,
    ])
  })

  test.each([
    [0, '$0.00'],
    [0.0349, '$0.035'],
    [1.236, '$1.24'],
    [1234.5, '$1234.50'],
  ])('dollars() writes %d as %s', (amount, text) => expect(dollars(amount)).toBe(text))
})

describe('duration()', () => {
  test.each([
    ['90s', 90],
    ['30m', 1800],
    ['2h', 7200],
    ['1d', 86_400],
    ['1h30m', 5400],
    ['1.5H', 5400],
    ['7d', 604_800],
  ])('reads %s as %d seconds', (text, seconds) => expect(duration(text)).toBe(seconds))

  test.each(['2', '', 'h', '2 h', '-1h', '0s', '0.1s', '8d', '2w', '1e3s', '2hours', 'lunch'])(
    'refuses %j with exit 2',
    (text) => expect(() => duration(text)).toThrow(expect.objectContaining({ exitCode: 2 })),
  )
})

test('holdLine() and earlierEnds() say until when, and what comes first', () => {
  expect(holdLine({ hold: null }, now)).toBe('Nothing holds the pod.')
  expect(holdLine({ hold: { until: minutes(30), why: '' } }, now)).toBe(
    'The pod is held until 2026-11-22 12:30 UTC (in 30 m)',
  )
  const held = { ...answer, hold: { until: minutes(30), why: '' } }
  const short = { ...held, lifetime: { ends_at: minutes(10) } }
  expect(earlierEnds(short)).toEqual([
    'MAX_LIFETIME_SECONDS stops it before that, at 2026-11-22 12:10 UTC: no hold changes that.',
  ])
  expect(earlierEnds(held)).toEqual([])
  expect(earlierEnds({ ...short, dry_run: true })).toEqual([])
  const stop = { step: 'confirm', text: 'RunPod took it', attempts: 1, problem: null, next_try_at: null }
  expect(earlierEnds({ ...held, stop })).toEqual([
    'RunPod was asked to stop the pod before that: only if it does not stop, this holds it.',
  ])
})
