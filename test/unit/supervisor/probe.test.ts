import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { probeLoop } from '../../../supervisor/probe.ts'
import { pause, settledWithin } from '../../../supervisor/time.ts'
import { defaultTimings } from '../../../supervisor/timings.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('probeLoop()', () => {
  it('asks often until the first success, then every period, and counts failures in a row', async () => {
    const answers = [false, false, true, false, false, true]
    const told: Array<string | number> = []
    let asked = 0
    const probe = async () => {
      asked += 1
      if (!answers[asked - 1]) throw new Error('down')
    }
    const stop = new AbortController()
    const report = {
      onSuccess: () => told.push('up'),
      onFailure: (_: string, failures: number) => told.push(failures),
    }
    const loop = probeLoop(probe, defaultTimings, report, stop.signal)
    await vi.advanceTimersByTimeAsync(2 * defaultTimings.probeStartMs)
    expect(told).toEqual([1, 2, 'up'])
    await vi.advanceTimersByTimeAsync(3 * defaultTimings.probePeriodMs)
    expect(told).toEqual([1, 2, 'up', 1, 2, 'up'])
    stop.abort()
    await loop
  })

  it('counts a probe that does not answer in time as failed, and leaves it behind', async () => {
    const reasons: string[] = []
    const stop = new AbortController()
    const report = { onSuccess() {}, onFailure: (reason: string) => reasons.push(reason) }
    const loop = probeLoop(() => new Promise(() => {}), defaultTimings, report, stop.signal)
    await vi.advanceTimersByTimeAsync(defaultTimings.probeTimeoutMs)
    expect(reasons).toEqual(['no answer within 1000 ms'])
    stop.abort()
    await loop
  })
})

describe('settledWithin()', () => {
  it('tells whether a promise settled in time, and leaves no timer behind', async () => {
    const late = settledWithin(pause(500), 100)
    await vi.advanceTimersByTimeAsync(100)
    expect(await late).toBe(false)
    const early = settledWithin(pause(50), 10_000)
    await vi.advanceTimersByTimeAsync(450)
    expect(await early).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('passes a rejection on', async () => {
    await expect(settledWithin(Promise.reject(new Error('no')), 100)).rejects.toThrow('no')
  })
})
