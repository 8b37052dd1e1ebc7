import { describe, expect, test } from 'vitest'
import { autostopView } from '../../../services/autostop/desk/view.ts'
import type { Stopper } from '../../../services/autostop/stop/stop-tools.ts'
import { autostopPod, fastStop } from '../../fixtures/autostop/autostop-pod.ts'

const poll = <T>(read: () => T) => expect.poll(read, { timeout: 60_000, interval: 10 })
const refusing: Stopper = {
  impossible: undefined,
  stop: async () => ({ stopped: false, problem: 'RunPod answers 503' }),
  standing: async () => 'running',
}
const slow = { ...fastStop, trainAgainMs: 60_000 }
const told = { force: false, reason: 'a test' }

describe('autostop() that is ended alone', () => {
  test.for(['restart', 'stop'] as const)('by %s gives the trainer back', async (command) => {
    const pod = autostopPod({ stopper: refusing, timings: slow, trainerMs: 10 })
    await poll(() => pod.stop()?.step).toBe('retry')
    expect(pod.state('trainer')).toBe('stopped')
    pod.use('ssh')
    await pod.pod.command(command, 'autostop', told)
    await poll(() => pod.state('trainer')).toBe('ready')
  })

  test('says that nothing stops the pod, and no longer when it would', async () => {
    const pod = autostopPod({ settings: { idleTimeoutMs: 60_000 } })
    await poll(() => pod.now()?.verdict.kind).toBe('running')
    await pod.pod.command('stop', 'autostop', told)
    const view = autostopView(pod.guard.port.standing())
    expect(view).toMatchObject({
      verdict: 'off',
      stops_at: null,
      why: expect.stringContaining('podctl start'),
    })
    expect(pod.pod.status().services.autostop?.details).toMatchObject({ verdict: 'off' })
    await pod.pod.command('start', 'autostop', told)
    await poll(() => autostopView(pod.guard.port.standing()).verdict).toBe('running')
  })
})

describe('autostop() whose stop was taken', () => {
  test('is not called off by a hold: the container may end at any moment', async () => {
    const taken: Stopper = {
      ...refusing,
      stop: async () => ({ stopped: true, how: 'a test' }),
      standing: async () => 'stopped',
    }
    const pod = autostopPod({ stopper: taken })
    await poll(() => pod.stop()?.step).toBe('confirm')
    pod.use('hold')
    const seenMs = pod.now()?.nowMs ?? 0
    await poll(() => pod.now()?.nowMs).toBeGreaterThan(seenMs + 150)
    expect([pod.stop()?.step, pod.journal().includes('cancelled')]).toEqual(['confirm', false])
  })

  test('lets a hold call it off when the pod goes on all the same', async () => {
    const idle: Stopper = { ...refusing, stop: async () => ({ stopped: true, how: 'a test' }) }
    const pod = autostopPod({ stopper: idle, timings: { ...fastStop, retry: { firstMs: 300, capMs: 300 } } })
    await poll(() => pod.stop()?.step).toBe('confirm')
    pod.use('hold')
    await poll(() => pod.now()?.verdict.kind).toBe('running')
    expect(pod.journal().slice(-2)).toEqual(['refused', 'cancelled'])
  })
})
