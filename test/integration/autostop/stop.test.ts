import { describe, expect, test } from 'vitest'
import type { StopAnswer, Stopper } from '../../../services/autostop/stop/stop-tools.ts'
import { autostopPod, fastStop } from '../../fixtures/autostop/autostop-pod.ts'
import { nothingKept } from '../../fixtures/autostop/stop-tools.ts'

const timeout = 10_000
const poll = <T>(read: () => T) => expect.poll(read, { timeout, interval: 10 })

/** Counts stop calls, and answers them as the test wants. */
function scripted(answer: () => StopAnswer = () => ({ stopped: true, how: 'a test' })) {
  let calls = 0
  const stopper: Stopper = {
    impossible: undefined,
    async stop() {
      calls += 1
      return answer()
    },
    standing: async () => 'stopped',
  }
  return { stopper, calls: () => calls }
}

/** A flush that lasts until the test lets it end. */
function heldFlush() {
  const end = Promise.withResolvers<{ left: string[]; leftFiles: number }>()
  const save = {
    flush: () => end.promise,
    keptHere: () => nothingKept,
    folders: async () => [],
  }
  return { save, end: () => end.resolve({ left: [], leftFiles: 0 }) }
}
const patient = { ...fastStop, flushDeadlineMs: 60_000 }

describe('autostop()', () => {
  test('does not stop a pod that is used, and counts from the last use on', async () => {
    const { stopper, calls } = scripted()
    const pod = autostopPod({ stopper })
    pod.use('ssh')
    await poll(() => (pod.now()?.nowMs ?? 0) - (pod.now()?.settings.idleTimeoutMs ?? 0)).toBeGreaterThan(1000)
    expect([calls(), pod.now()?.verdict.kind, pod.now()?.idleForMs]).toEqual([
      0,
      'running',
      expect.any(Number),
    ])
    pod.leave('ssh')
    await poll(calls).toBe(1)
    expect(pod.notices().filter((text) => text.includes('The pod stops'))).toHaveLength(2)
  })

  test('calls an announced stop off when somebody comes, and says so', async () => {
    const { stopper, calls } = scripted()
    const pod = autostopPod({ stopper, settings: { idleTimeoutMs: 2000, countdownMs: 1800 } })
    await poll(() => pod.now()?.verdict.kind).toBe('countdown')
    pod.use('ssh')
    await poll(() => pod.now()?.verdict.kind).toBe('running')
    expect(pod.terminals).toEqual([
      expect.stringContaining('The pod stops in 2 s.'),
      expect.stringContaining('the stop is called off. In use: ssh (a test does).'),
    ])
    expect([calls(), pod.journal()]).toEqual([0, ['started', 'countdown', 'cancelled']])
  })

  test('calls an idle stop off while it uploads, and lets the trainer go on', async () => {
    const { stopper, calls } = scripted()
    const { save } = heldFlush()
    const pod = autostopPod({ stopper, save, timings: patient, trainerMs: 10 })
    await poll(() => pod.stop()?.step).toBe('flush')
    expect(pod.state('trainer')).toBe('stopped')
    pod.use('upload') // the flush itself
    pod.use('ssh')
    await poll(() => pod.state('trainer')).toBe('ready')
    await poll(() => pod.now()?.verdict.kind).toBe('running')
    expect(pod.stop()).toBeUndefined()
    expect([calls(), pod.journal().at(-1)]).toEqual([0, 'cancelled'])
    expect(pod.notices().at(-1)).toBe('info: The pod goes on: it is in use again: ssh (a test does).')
  })

  test('is not held back by its own upload', async () => {
    const { stopper, calls } = scripted()
    const { save, end } = heldFlush()
    const pod = autostopPod({ stopper, save, timings: patient })
    await poll(() => pod.stop()?.step).toBe('flush')
    pod.use('upload')
    const seenMs = pod.now()?.nowMs ?? 0
    await poll(() => pod.now()?.nowMs).toBeGreaterThan(seenMs + 100)
    end()
    await poll(calls).toBe(1)
  })

  test('between two calls lets a hold call an idle stop off, and nothing else', async () => {
    const { stopper, calls } = scripted(() => ({ stopped: false, problem: 'RunPod answers 503' }))
    const pod = autostopPod({ stopper })
    await poll(calls).toBeGreaterThan(1)
    pod.use('ssh')
    const before = calls()
    await poll(calls).toBeGreaterThan(before + 3)
    pod.use('hold')
    await poll(() => pod.now()?.verdict.kind).toBe('running')
    expect([pod.stop(), pod.state('autostop')]).toEqual([undefined, 'ready'])
  })

  test.for(['budget', 'lifetime'] as const)(
    'stops at the end of the %s, used and held or not',
    async (cause) => {
      const { stopper, calls } = scripted()
      const spent = () => (cause === 'budget' ? { usd: 11, rate: 1 } : undefined)
      const money = { ...autostopPod().money, spent }
      const limits = cause === 'budget' ? { budgetUsd: 10 } : { maxLifetimeMs: 200 }
      const pod = autostopPod({ stopper, money, settings: limits, trainerMs: 10 })
      pod.use('ssh')
      pod.use('hold')
      await poll(calls).toBe(1)
      expect([pod.stop()?.because, pod.state('trainer')]).toEqual([cause, 'stopped'])
      expect(pod.notices()[0]).toContain('neither use nor a hold puts it off')
    },
  )

  test('stops a pod that is used when somebody asks for it, in order, and says who', async () => {
    const { stopper, calls } = scripted()
    const pod = autostopPod({ stopper, trainerMs: 10 })
    pod.use('ssh')
    await poll(() => pod.now()?.verdict.kind).toBe('running')
    await pod.guard.port.stop('done for today')
    expect(pod.now()?.verdict).toMatchObject({ kind: 'countdown', cause: 'asked' })
    await poll(calls).toBe(1)
    expect([pod.stop()?.because, pod.state('trainer')]).toEqual(['asked', 'stopped'])
    expect(pod.terminals[0]).toContain('Somebody asked for it (done for today).')
    expect(pod.terminals[0]).toContain('`podctl hold 1h` calls it off')
  })

  test('goes on when the pod is held after somebody asked for a stop, but not because it is used', async () => {
    const { stopper, calls } = scripted()
    const { save } = heldFlush()
    const pod = autostopPod({ stopper, save, timings: patient, trainerMs: 10 })
    pod.use('gpu')
    await pod.guard.port.stop('')
    await poll(() => pod.stop()?.step).toBe('flush')
    pod.use('ssh')
    const seenMs = pod.now()?.nowMs ?? 0
    await poll(() => pod.now()?.nowMs).toBeGreaterThan(seenMs + 100)
    expect(pod.stop()?.step).toBe('flush')
    pod.use('hold')
    await pod.guard.port.hold(60, 'not yet')
    await poll(() => pod.now()?.verdict.kind).toBe('running')
    await poll(() => pod.state('trainer')).toBe('ready')
    expect([calls(), pod.journal().at(-1)]).toEqual([0, 'cancelled'])
  })

  test('goes on with an idle stop that somebody asks for, whoever comes meanwhile', async () => {
    const { stopper, calls } = scripted()
    const { save, end } = heldFlush()
    const pod = autostopPod({ stopper, save, timings: patient })
    await poll(() => pod.stop()?.step).toBe('flush')
    await pod.guard.port.stop('')
    pod.use('ssh')
    const seenMs = pod.now()?.nowMs ?? 0
    await poll(() => pod.now()?.nowMs).toBeGreaterThan(seenMs + 100)
    end()
    await poll(calls).toBe(1)
  })

  test('keeps a word that comes while the stop before it is called off', async () => {
    const { stopper, calls } = scripted()
    const { save, end } = heldFlush()
    const pod = autostopPod({ stopper, save, timings: patient, trainerMs: 500 })
    pod.use('ssh')
    await pod.guard.port.stop('')
    await poll(() => pod.state('trainer')).toBe('stopping')
    pod.use('hold')
    await pod.guard.port.hold(60, '')
    await poll(() => (pod.now()?.readings.get('hold')?.state === 'active' ? 'seen' : '')).toBe('seen')
    pod.leave('hold')
    await pod.guard.port.stop('after all')
    end()
    await poll(calls).toBe(1)
    expect(pod.stop()?.because).toBe('asked')
  })

  test('forgets a word when autostop ends before the stop, and says so', async () => {
    const { stopper, calls } = scripted()
    const { save } = heldFlush()
    const pod = autostopPod({ stopper, save, timings: patient })
    pod.use('ssh')
    await pod.guard.port.stop('')
    await poll(() => pod.stop()?.step).toBe('flush')
    await pod.pod.command('restart', 'autostop', { force: true })
    await poll(() => pod.now()?.verdict.kind).toBe('running')
    expect(pod.notices().at(-1)).toContain('autostop has ended before it could stop it')
    expect([calls(), pod.journal().filter((event) => event === 'cancelled')]).toEqual([0, ['cancelled']])
  })

  test('does not let a hold that has just been ended call off a stop for the budget', async () => {
    const { stopper, calls } = scripted()
    const { save, end } = heldFlush()
    const money = { ...autostopPod().money, spent: () => ({ usd: 11, rate: 1 }) }
    const pod = autostopPod({ stopper, save, money, timings: patient, settings: { budgetUsd: 10 } })
    pod.use('hold') // as a reading that was begun before the word still says
    await poll(() => pod.stop()?.step).toBe('flush')
    await pod.guard.port.stop('')
    const seenMs = pod.now()?.nowMs ?? 0
    await poll(() => pod.now()?.nowMs).toBeGreaterThan(seenMs + 100)
    expect(pod.stop()?.because).toBe('budget')
    end()
    await poll(calls).toBe(1)
    expect(pod.journal()).not.toContain('cancelled')
  })

  test('that only says what it would do says once that somebody asked for a stop', async () => {
    const { stopper, calls } = scripted()
    const pod = autostopPod({ stopper, action: 'none', settings: { idleTimeoutMs: 60_000 } })
    pod.use('ssh')
    await pod.guard.port.stop('')
    await poll(pod.journal).toContain('dry-run')
    await poll(() => pod.now()?.verdict.kind).toBe('running')
    expect([calls(), pod.journal().filter((event) => event === 'dry-run')]).toEqual([0, ['dry-run']])
  })

  test('that only says what it would do says it, and starts over', async () => {
    const { stopper, calls } = scripted()
    const pod = autostopPod({ stopper, action: 'none', trainerMs: 10, settings: { maxLifetimeMs: 100 } })
    await poll(() => pod.journal().filter((event) => event === 'dry-run').length).toBeGreaterThan(2)
    expect([calls(), pod.state('trainer')]).toEqual([0, 'ready'])
    const told = pod.notices().filter((text) => text.startsWith('warn: Dry run'))
    expect(told.filter((text) => text.includes('MAX_LIFETIME_SECONDS'))).toHaveLength(1)
    expect(told.filter((text) => text.includes('Nobody has used the pod')).length).toBeGreaterThan(1)
    expect(pod.notices().filter((text) => text.startsWith('warn: The pod stops'))).toEqual([])
    expect(pod.terminals).toEqual([])
  })

  test('with the action `exit` ends podmate in order', async () => {
    const { stopper, calls } = scripted()
    const pod = autostopPod({ stopper, action: 'exit', trainerMs: 10 })
    await pod.done
    expect(calls()).toBe(0)
    expect(pod.pod.status().reason).toMatch(/^autostop: Nobody has used the pod/)
    expect(pod.journal().slice(-2)).toEqual(['stopped', 'told-to-end'])
  })

  test('says from the start that it cannot stop the pod, and keeps the trainer when it should', async () => {
    const impossible = 'RUNPOD_API_KEY is not set.'
    const { stopper, calls } = scripted()
    const problems = [`This pod cannot stop itself: ${impossible}`]
    const pod = autostopPod({ stopper: { ...stopper, impossible }, problems, trainerMs: 10 })
    await poll(() => pod.notices()[0]).toBe(`warn: ${problems[0]}`)
    await poll(() => pod.now()?.problems).toEqual(problems)
    await poll(() => pod.stop()?.problem).toBe(impossible)
    expect([calls(), pod.state('trainer'), pod.state('autostop')]).toEqual([0, 'ready', 'degraded'])
    pod.use('ssh') // no call was made: it can still be called off
    await poll(() => pod.now()?.verdict.kind).toBe('running')
  })

  test('does not hinder the end of podmate, whatever it is doing', async () => {
    const { save } = heldFlush()
    const pod = autostopPod({ save, timings: patient })
    await poll(() => pod.stop()?.step).toBe('flush')
    pod.pod.shutdown('SIGTERM')
    await pod.done
    expect(pod.events.filter((event) => event.type === 'killing')).toEqual([])
    expect(pod.journal().at(-1)).toBe('told-to-end')
  })

  test('knows after a boot why the pod stopped', async () => {
    const { stopper } = scripted()
    const files = new Map<string, string>()
    const first = autostopPod({ stopper, files })
    await poll(() => first.stop()?.step).toBe('confirm')
    expect(first.now()?.lastStop).toBeUndefined()
    first.pod.shutdown('SIGTERM')
    await first.done
    const second = autostopPod({ stopper, files })
    await poll(() => second.now()?.lastStop).toMatchObject({
      ...{ because: 'idle', text: expect.stringContaining('Nobody has used the pod') },
    })
    second.pod.shutdown('podctl shutdown')
    await second.done
    const third = autostopPod({ stopper, files })
    const text = 'podmate was told to end: podctl shutdown'
    await poll(() => third.now()?.lastStop).toMatchObject({ because: 'outside', text })
  })
})
