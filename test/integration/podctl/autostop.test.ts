import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { autostopRoutes } from '../../../services/autostop/desk/routes.ts'
import { PodError } from '../../../supervisor/errors.ts'
import { autostopState, fakeDesk, someCost } from '../../fixtures/autostop/fake-desk.ts'
import { ask } from '../../fixtures/http/ask.ts'
import { type RunningHttp, runHttp } from '../../fixtures/http/run-http.ts'
import { podctl } from '../../fixtures/http/run-program.ts'

describe('podctl', () => {
  const desk = fakeDesk()
  const fresh = desk.now
  let running: RunningHttp
  let env: NodeJS.ProcessEnv = {}
  beforeAll(async () => {
    running = await runHttp({ routes: [autostopRoutes(desk)] })
    await running.ready
    env = { PODMATE_SOCKET: running.socketPath }
  })
  beforeEach(() => {
    desk.now = fresh
    desk.entries = []
  })
  afterAll(() => running.stop())

  test('why tells why the pod runs and what has happened, without what could steer a terminal', async () => {
    desk.entries = [{ at: 0, event: 'stopped', text: 'nobody\u001b[2J used it' }]
    const { code, out } = await podctl(['why'], env)
    expect(code).toBe(0)
    expect(out).toMatch(/^Nobody has used the pod for 10 minutes\.\nIt stops at .* because nobody uses it/)
    expect(out).toMatch(/^ssh +quiet +10 m ago +3 idle tunnels$/m)
    expect(out).toMatch(/^1970-01-01 00:00 UTC {2}stopped {2}nobody \[2J used it$/m)
  })

  test('why --json prints the standing with the journal', async () => {
    const { code, out } = await podctl(['why', '--json'], env)
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ verdict: 'running', idle_for_seconds: 600, journal: [] })
  })

  test('why --dry-run tells when it would have stopped', async () => {
    desk.now = { ...fresh, state: autostopState({ action: 'none' }) }
    desk.entries = [{ at: 0, event: 'dry-run', text: 'Nobody used it.' }]
    const { code, out } = await podctl(['why', '--dry-run'], env)
    expect(code).toBe(0)
    expect(out).toContain('It would have stopped:\n')
    expect(out).toContain('1970-01-01 00:00 UTC  dry-run  Nobody used it.\n')
  })

  test('why tells what is true now while the journal cannot be read', async () => {
    const { journal } = desk
    desk.journal = async () => {
      throw new PodError('VOLUME_UNAVAILABLE', 'the volume does not answer')
    }
    const { code, out, err } = await podctl(['why'], env)
    desk.journal = journal
    expect([code, out]).toEqual([0, expect.stringMatching(/^Nobody has used the pod/)])
    expect(err).toMatch(/^The journal cannot be read: the volume does not answer/)
  })

  test('hold keeps the pod, release ends that', async () => {
    const held = await podctl(['hold', '2h', '--why', 'lunch'], env)
    expect([held.code, held.out]).toEqual([
      0,
      expect.stringMatching(/^The pod is held until 2026-11-22 14:00 UTC \(.*\): lunch$/m),
    ])
    expect(held.err).toBe('BUDGET_USD stops it before that, at 2026-11-22 13:00 UTC: no hold changes that.\n')
    expect(desk.now.hold?.why).toBe('lunch')
    const released = await podctl(['release'], env)
    expect(released).toEqual({ code: 0, out: 'Nothing holds the pod.\n', err: '' })
    expect(desk.now.hold).toBeUndefined()
  })

  test('stop-pod asks for a stop, and exits 1 with the reason where it cannot be had', async () => {
    const asked = await podctl(['stop-pod', '--why', 'done'], env)
    expect([asked.code, desk.stops]).toEqual([0, ['done']])
    expect(asked.out).toMatch(/^It stops at .*, if nothing changes\.$/m)
    expect(asked.err).toContain('`podctl hold 1h` calls it off')
    desk.now = { ...desk.now, state: autostopState({ verb: 'terminate' }) }
    expect((await podctl(['stop-pod'], env)).err).toContain(
      'AUTOSTOP_VERB is terminate: that deletes the pod',
    )
    desk.now = { ...desk.now, state: autostopState({ action: 'none' }) }
    expect(await podctl(['stop-pod'], env)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('AUTOSTOP_ACTION is none'),
    })
    desk.now = { ...desk.now, cannotStop: 'RUNPOD_API_KEY is not set.' }
    expect(await podctl(['stop-pod'], env)).toEqual({
      code: 1,
      out: '',
      err: 'podmate cannot stop this pod: RUNPOD_API_KEY is not set.\n',
    })
    expect((await podctl(['stop-pod', '--why', 'x'.repeat(201)], env)).code).toBe(2)
  })

  test('hold exits 2 for what is no time, and 1 with the reason where nothing stops the pod', async () => {
    expect(await podctl(['hold', 'lunch'], env)).toMatchObject({ code: 2, out: '' })
    expect((await podctl(['hold'], env)).err).toContain('podctl hold needs a time, such as 30m or 2h')
    expect((await podctl(['hold', '1h', '--why', 'x'.repeat(201)], env)).code).toBe(2)
    desk.now = { ...desk.now, off: 'RUNPOD_POD_ID is not set', state: undefined }
    const refused = await podctl(['hold', '1h'], env)
    expect([refused.code, refused.out]).toEqual([1, ''])
    expect(refused.err).toMatch(/^RUNPOD_POD_ID is not set, so there is nothing to hold it against/)
  })

  test('hold from afar needs the token, why does not', async () => {
    const address = await running.url
    expect((await podctl(['why', '--url', address])).code).toBe(0)
    const refused = await podctl(['hold', '1h', '--url', address])
    expect([refused.code, refused.out]).toEqual([1, ''])
    expect(desk.now.hold).toBeUndefined()
    expect((await podctl(['hold', '1h', '--url', address, '--token', 'generated-token'])).code).toBe(0)
    expect(desk.now.hold).toMatchObject({ why: '' })
  })

  test('POST /autostop/hold answers what does not fit with a sentence that names it', async () => {
    const hold = (body: object) =>
      ask(running.socketPath, { method: 'POST', path: '/autostop/hold', body: JSON.stringify(body) })
    const late = await hold({ seconds: 604_801 })
    expect([late.status, late.json().detail]).toEqual([422, expect.stringContaining('"seconds"')])
    const odd = await hold({ second: 60 })
    expect([odd.status, odd.json().detail]).toEqual([422, expect.stringContaining('"second')])
  })

  test('cost exits 0 when it is known, and 1 with the remedy when not', async () => {
    const known = await podctl(['cost'], env)
    expect([known.code, known.out]).toEqual([0, expect.stringMatching(/^spent: \$1\.23\nrate: \$0\.690/)])
    desk.now = { ...fresh, cost: { ...someCost, rateUsdPerHour: undefined } }
    const unknown = await podctl(['cost'], env)
    expect([unknown.code, unknown.out]).toEqual([
      1,
      expect.stringContaining('rate: not known; set POD_COST_PER_HR'),
    ])
  })
})
