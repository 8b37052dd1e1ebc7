import { describe, expect, test } from 'vitest'
import { activeAt, drive, hour, look, minute, quiet, unknown, usual } from '../../fixtures/autostop/drive.ts'

describe('decide() about idleness', () => {
  test('decide() stops an idle pod at its timeout, after a countdown of a minute', () => {
    const { looks, stoppedMs } = drive((now) => look(now), { untilMs: 2 * hour })
    const countdown = looks.find(({ verdict }) => verdict.kind === 'countdown')
    expect(countdown?.nowMs).toBe(59 * minute)
    expect(stoppedMs).toBe(hour)
  })

  test('decide() announces and stops on time however long the interval is', () => {
    const settings = { ...usual, checkEveryMs: 50 * minute }
    const { looks, stoppedMs } = drive((now) => look(now), { settings, untilMs: 2 * hour })
    expect(looks.slice(0, 3).map(({ nowMs }) => nowMs / minute)).toEqual([0, 50, 59])
    expect(stoppedMs).toBe(hour)
  })

  test.each([1, 5, 59])('decide() counts a timeout of %i s down for no longer than that', (seconds) => {
    const settings = { ...usual, idleTimeoutMs: seconds * 1000, checkEveryMs: 1000 }
    const { stoppedMs } = drive((now) => look(now), { settings, untilMs: hour })
    expect(stoppedMs).toBe(seconds * 1000)
  })

  test('decide() counts from the last activity, not from when the signal fell quiet', () => {
    const typed = 10 * minute
    const ssh = (now: number) =>
      now < typed || now > typed + 5 * minute ? { ...quiet, lastActiveMs: typed } : activeAt(typed)
    const { stoppedMs } = drive((now) => look(now, { ssh: ssh(now) }), { untilMs: 3 * hour })
    expect(stoppedMs).toBe(typed + hour)
  })

  test('decide() announces a stop even when the last activity is older than the timeout', () => {
    const trainer = (now: number) => (now < 2 * hour ? activeAt(0) : { ...quiet, lastActiveMs: 0 })
    const { stoppedMs } = drive((now) => look(now, { trainer: trainer(now) }), { untilMs: 3 * hour })
    expect(stoppedMs).toBe(2 * hour + minute)
  })

  test.each([
    ['activity', activeAt(59.5 * minute)],
    ['an activity that is over already', { ...quiet, lastActiveMs: 59.5 * minute }],
  ])('decide() ends the countdown on %s', (_name, reading) => {
    const { looks, stoppedMs } = drive(
      (now) => look(now, { ssh: now < 59.5 * minute ? quiet : { ...reading } }),
      { untilMs: 70 * minute },
    )
    expect(looks.some(({ verdict }) => verdict.kind === 'countdown')).toBe(true)
    expect(looks.at(-1)?.verdict.kind).toBe('running')
    expect(stoppedMs).toBeUndefined()
  })

  test('decide() ignores a stamp from the future', () => {
    const heartbeat = { ...quiet, lastActiveMs: 100 * hour }
    const { stoppedMs } = drive((now) => look(now, { heartbeat }), { untilMs: 2 * hour })
    expect(stoppedMs).toBe(hour)
  })
})

describe('decide() about a countdown', () => {
  const stale = (quietFrom: number) => (now: number) =>
    look(now, { trainer: now < quietFrom ? activeAt(0) : { ...quiet, lastActiveMs: 0 } })

  test.each([720, 722, 725, 735])('decide() takes a stall at look %i for no part of a countdown', (stall) => {
    const lateMs = (index: number) => (index === stall ? 4 * minute : 0)
    const { looks, stoppedMs } = drive(stale(2 * hour), { untilMs: 5 * hour, lateMs })
    const counted = looks.filter(({ verdict }) => verdict.kind === 'countdown').length
    expect(counted).toBeGreaterThan(5)
    expect(stoppedMs).toBeGreaterThan(2 * hour + 4 * minute)
  })

  test('decide() begins a countdown anew after one that was called off', () => {
    const at = (now: number) => {
      if (now < 59.5 * minute) return look(now)
      return now < 61 * minute ? look(now, { trainer: activeAt(0) }) : look(now)
    }
    expect(drive(at, { untilMs: 5 * hour }).stoppedMs).toBe(62 * minute)
  })

  test('decide() never stops for idleness when the timeout is infinite', () => {
    const settings = { ...usual, idleTimeoutMs: Number.POSITIVE_INFINITY }
    const { last } = drive((now) => look(now), { settings, untilMs: 5 * hour })
    expect(last).toMatchObject({ kind: 'running', stopsAtMs: undefined, cause: undefined })
    expect(last?.because).toEqual(['Nobody has used the pod for 5 h; idleness does not stop it.'])
  })
})

describe('decide() about where the clock starts', () => {
  test('decide() counts from the first ready', () => {
    const readyMs = 7 * minute
    const at = (now: number) => look(now, {}, { readyMs: now < readyMs ? undefined : readyMs })
    expect(drive(at, { untilMs: 3 * hour }).stoppedMs).toBe(readyMs + hour)
  })

  test('decide() counts from the end of the grace when nothing gets ready', () => {
    const { looks, stoppedMs } = drive((now) => look(now, {}, { readyMs: undefined }), { untilMs: 3 * hour })
    expect(stoppedMs).toBe(1.5 * hour)
    expect(looks[0]?.verdict).toMatchObject({ kind: 'running', stopsAtMs: 1.5 * hour })
    expect(looks[0]?.verdict.because[0]).toContain('Nothing is ready yet')
  })

  test('decide() carries nothing over from before podmate was started again', () => {
    const at = (now: number) => look(now, { ssh: { ...quiet, lastActiveMs: 0 } })
    expect(drive(at, { startMs: 50 * hour, untilMs: 60 * hour }).stoppedMs).toBe(51 * hour)
  })
})

describe('decide() about what is not known', () => {
  test('decide() is held by an unknown signal for its grace, then by the others', () => {
    const { looks, stoppedMs } = drive((now) => look(now, { gpu: unknown, ssh: quiet }), {
      untilMs: 3 * hour,
    })
    expect(stoppedMs).toBe(1.5 * hour)
    expect(looks[0]?.verdict).toMatchObject({ stopsAtMs: 1.5 * hour })
    expect(looks[0]?.verdict.because[1]).toBe(
      'Not known: gpu (it does not answer). This holds the idle clock for at most 30 min more.',
    )
  })

  test('decide() loses no idle time to one unknown look', () => {
    const at = (now: number) => look(now, { gpu: now === 30 * minute ? unknown : quiet })
    expect(drive(at, { untilMs: 3 * hour }).stoppedMs).toBe(hour + usual.checkEveryMs)
  })

  test('decide() is not held for ever by a signal that comes and goes', () => {
    const at = (now: number) => look(now, { gpu: now % 20_000 === 0 ? unknown : quiet })
    expect(drive(at, { untilMs: 10 * hour }).stoppedMs).toBeLessThanOrEqual(1.5 * hour + usual.checkEveryMs)
  })

  test('decide() counts two unknown signals at the same time once', () => {
    const at = (now: number) => look(now, { gpu: unknown, jupyter: unknown })
    expect(drive(at, { untilMs: 10 * hour }).stoppedMs).toBe(1.5 * hour)
  })

  test('decide() spends no grace while the pod is in use', () => {
    const ssh = (now: number) => (now < 5 * hour ? activeAt(now) : quiet)
    const at = (now: number) => look(now, { gpu: unknown, ssh: ssh(now) })
    const { stoppedMs } = drive(at, { untilMs: 10 * hour })
    expect(stoppedMs).toBeGreaterThan(6.5 * hour - minute)
  })

  test('decide() gives a signal its grace anew when it was seen active', () => {
    const gpu = (now: number) => (now === 80 * minute ? activeAt(now) : unknown)
    const at = (now: number) => look(now, { gpu: gpu(now) })
    const { stoppedMs } = drive(at, { untilMs: 10 * hour })
    expect(stoppedMs).toBe(80 * minute + 1.5 * hour)
  })

  test('decide() lets a countdown wait for an unknown signal without announcing it again', () => {
    const at = (now: number) => look(now, { gpu: now > 59.4 * minute && now < 65 * minute ? unknown : quiet })
    const { looks, stoppedMs } = drive(at, { untilMs: 3 * hour })
    const kinds = looks.map(({ verdict }) => verdict.kind)
    expect(kinds.slice(kinds.indexOf('countdown')).includes('running')).toBe(false)
    expect(stoppedMs).toBeGreaterThan(65 * minute)
    expect(stoppedMs).toBeLessThan(67 * minute)
  })
})

describe('decide() about time that nobody saw', () => {
  const suspended = (atLook: number, ms: number) => (index: number) => (index === atLook ? ms : 0)

  test('decide() does not take a suspend of hours for idle time', () => {
    const { stoppedMs } = drive((now) => look(now), { untilMs: 20 * hour, lateMs: suspended(6, 8 * hour) })
    expect(stoppedMs).toBe(9 * hour + minute + usual.checkEveryMs)
  })

  test('decide() counts a stall of a minute as one interval', () => {
    const { stoppedMs } = drive((now) => look(now), { untilMs: 20 * hour, lateMs: suspended(6, minute) })
    expect(stoppedMs).toBe(hour + minute)
  })

  test('decide() takes a suspend amid a countdown for a new start', () => {
    const { looks, stoppedMs } = drive((now) => look(now), {
      untilMs: 20 * hour,
      lateMs: suspended(356, 2 * hour),
    })
    expect(looks[356]?.verdict.kind).toBe('countdown')
    expect(looks[357]?.verdict.kind).toBe('running')
    expect(stoppedMs).toBeGreaterThan(3 * hour)
  })

  test('decide() survives a clock that goes back', () => {
    const at = (now: number) => look(now)
    const { stoppedMs } = drive(at, { untilMs: 20 * hour, lateMs: suspended(100, -15 * minute) })
    expect(stoppedMs).toBe(hour - 15 * minute + usual.checkEveryMs)
  })
})
