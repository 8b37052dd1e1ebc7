import { describe, expect, test } from 'vitest'
import type { DecisionInput } from '../../../services/autostop/decision/decision-input.ts'
import { activeAt, drive, hour, look, minute, quiet, unknown, usual } from '../../fixtures/autostop/drive.ts'

const busy = (now: number, more: Partial<DecisionInput> = {}) =>
  look(now, { hold: activeAt(now), trainer: activeAt(now), gpu: unknown }, more)

describe('decide() about the lifetime', () => {
  const settings = { ...usual, maxLifetimeMs: 2 * hour }

  test('decide() stops at the lifetime in spite of activity and a hold, after a countdown', () => {
    const { looks, stoppedMs, last } = drive((now) => busy(now), { settings, untilMs: 5 * hour })
    expect(looks.find(({ verdict }) => verdict.kind === 'countdown')?.nowMs).toBe(2 * hour - minute)
    expect(stoppedMs).toBe(2 * hour)
    expect(last?.cause).toBe('lifetime')
  })

  test('decide() names the moment at which the countdown ends when that is later than the limit', () => {
    const short = { ...settings, maxLifetimeMs: minute / 2 }
    const { looks } = drive((now) => busy(now), { settings: short, untilMs: 5 * minute })
    expect(looks[0]?.verdict).toMatchObject({ kind: 'countdown', stopsAtMs: minute })
    expect(looks[0]?.verdict.because[0]).toBe(
      'The pod has run for 0 s of its 30 s (MAX_LIFETIME_SECONDS). The pod is stopped in 60 s.',
    )
  })

  test('decide() keeps to a lifetime that is shorter than the grace of a boot', () => {
    const short = { ...settings, maxLifetimeMs: 5 * minute }
    expect(drive((now) => busy(now), { settings: short, untilMs: 5 * hour }).stoppedMs).toBe(5 * minute)
  })

  test('decide() lets the owner of a pod that boots over its lifetime get in first', () => {
    const at = (now: number) => busy(now, { lifetimeMs: 3 * hour + now })
    const { looks, stoppedMs, last } = drive(at, { settings, untilMs: 5 * hour })
    expect(last?.because[0]).toContain('used up or nearly so. It is stopped now.')
    expect(looks[0]?.verdict.because[0]).toBe(
      'The pod booted with its lifetime (MAX_LIFETIME_SECONDS=7200) used up or nearly so. It is stopped in 30 min, so that its owner can get in first.',
    )
    expect(stoppedMs).toBe(30 * minute)
  })
})

describe('decide() about a stop that was asked for', () => {
  const text = 'Somebody asked for it (done).'
  const askedAt = (atMs: number) => (now: number) =>
    busy(now, { asked: now >= atMs ? { atMs, text } : undefined })

  test('decide() stops after 10 s of notice, used and held or not', () => {
    const { looks, stoppedMs, last } = drive(askedAt(hour), { untilMs: 2 * hour })
    expect(looks.find(({ verdict }) => verdict.kind === 'countdown')?.verdict.because[0]).toBe(
      `${text} The pod is stopped in 10 s.`,
    )
    expect([stoppedMs, last?.cause]).toEqual([hour + 10_000, 'asked'])
  })

  test('decide() goes on when the word is taken back in that time', () => {
    const at = (now: number) =>
      busy(now, { asked: now >= hour && now < hour + 5000 ? { atMs: hour, text } : undefined })
    const { looks, stoppedMs } = drive(at, { untilMs: 2 * hour })
    expect(looks.some(({ verdict }) => verdict.kind === 'countdown')).toBe(true)
    expect(stoppedMs).toBeUndefined()
  })
})

describe('decide() about the budget', () => {
  const settings = { ...usual, budgetUsd: 10 }
  const spending = (fromUsd: number, rate: number) => (now: number) =>
    busy(now, { spent: { usd: fromUsd + (rate * now) / hour, rate } })

  test('decide() stops when the budget is spent, in spite of activity', () => {
    const { stoppedMs, last } = drive(spending(0, 4), { settings, untilMs: 5 * hour })
    expect(stoppedMs).toBe(2.5 * hour)
    expect(last).toMatchObject({ cause: 'budget' })
    expect(last?.because[0]).toBe('$10.00 of the budget of $10.00 are spent. The pod is stopped now.')
  })

  test('decide() claims no end of the budget while no rate is known', () => {
    const { looks, stoppedMs } = drive((now) => busy(now), { settings, untilMs: 5 * hour })
    expect(stoppedMs).toBeUndefined()
    expect(looks[0]?.verdict).toMatchObject({ kind: 'running', stopsAtMs: undefined })
  })

  test.each([10, 25, 9.99])('decide() waits for the grace when a boot begins with %f of 10 spent', (usd) => {
    expect(drive(spending(usd, 1), { settings, untilMs: 5 * hour }).stoppedMs).toBe(30 * minute)
  })

  test('decide() keeps to a budget that lasts for less than the grace of a fresh boot', () => {
    const { stoppedMs } = drive(spending(0, 100), { settings, untilMs: hour })
    expect(stoppedMs).toBe(6 * minute)
  })

  test('decide() announces a stop when the rate turns out to be higher all of a sudden', () => {
    const at = (now: number) => busy(now, { spent: now < hour ? undefined : { usd: 12, rate: 1 } })
    expect(drive(at, { settings, untilMs: 5 * hour }).stoppedMs).toBe(hour + minute)
  })
})

describe('decide() about a finished training', () => {
  const text = 'The training finished (exit 0), and TRAIN_ON_FINISH is stop.'
  const finished = { atMs: 5 * minute, stopsAtMs: 15 * minute, text }

  test('decide() stops when the hold after the training is over', () => {
    const at = (now: number) => look(now, { ssh: quiet }, now < 5 * minute ? {} : { finished })
    const { stoppedMs, last } = drive(at, { untilMs: 5 * hour })
    expect(stoppedMs).toBe(15 * minute)
    expect(last).toMatchObject({ cause: 'finished' })
  })

  test('decide() waits with that until nobody uses the pod any more', () => {
    const ssh = (now: number) => (now < hour ? activeAt(now) : quiet)
    const at = (now: number) => look(now, { ssh: ssh(now) }, { finished })
    const { looks, stoppedMs } = drive(at, { untilMs: 5 * hour })
    expect(looks[0]?.verdict.because).toContain(`${text} The pod is stopped once nobody uses it.`)
    expect(stoppedMs).toBe(hour + minute)
  })

  test('decide() waits for the grace when the training was finished before the boot', () => {
    const at = (now: number) => look(now, { ssh: quiet }, { finished: { atMs: -1, stopsAtMs: -1, text } })
    expect(drive(at, { untilMs: 5 * hour }).stoppedMs).toBe(30 * minute)
  })

  test('decide() is held by what is not known here, too, and no longer than its grace', () => {
    const at = (now: number) => look(now, { gpu: unknown }, { finished })
    expect(drive(at, { untilMs: 5 * hour }).stoppedMs).toBe(30 * minute)
  })
})
