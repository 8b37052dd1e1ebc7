import { describe, expect, test } from 'vitest'
import { announcement } from '../../../services/autostop/announcements.ts'
import { nextLookMs } from '../../../services/autostop/next-look.ts'
import { retryDelayMs } from '../../../services/autostop/retry-delay.ts'
import type { Reading, SignalName } from '../../../services/autostop/signal.ts'
import { terminalIn } from '../../../services/autostop/terminals.ts'
import { usedAgain } from '../../../services/autostop/used-again.ts'
import type { StopCause, Verdict } from '../../../services/autostop/verdict.ts'

const running = (stopsAtMs?: number, cause?: StopCause): Verdict => ({
  ...{ kind: 'running', because: ['In use.'], stopsAtMs, cause },
})
const countdown = (stopsAtMs: number, cause: StopCause = 'idle'): Verdict => ({
  ...{ kind: 'countdown', because: ['Nobody uses it.'], stopsAtMs, cause },
})

describe('nextLookMs()', () => {
  const every = { checkEveryMs: 60_000, countdownMs: 30_000 }
  test('is the interval while nothing is near', () => {
    expect(nextLookMs(running(), 0, every)).toBe(60_000)
    expect(nextLookMs(running(200_000, 'idle'), 0, every)).toBe(60_000)
  })

  test('meets the beginning and the end of a countdown, and looks often in between', () => {
    expect(nextLookMs(running(80_000, 'budget'), 0, every)).toBe(50_000)
    expect(nextLookMs(running(29_000, 'budget'), 0, every)).toBe(29_000)
    expect(nextLookMs(countdown(20_000), 0, every)).toBe(2000)
    expect(nextLookMs(countdown(20_000), 19_000, every)).toBe(1000)
    expect(nextLookMs(countdown(20_000), 20_000, every)).toBeGreaterThan(0)
  })
})

describe('announcement()', () => {
  const told = (before: Verdict | undefined, now: Verdict) =>
    announcement(before, now, { nowMs: 0, graceEndsMs: 1800_000 })
  test('tells of a countdown once, and how it is called off', () => {
    expect(told(running(60_000, 'idle'), countdown(60_000))).toMatchObject({
      ...{ event: 'countdown', level: 'warn', because: 'idle' },
      text: 'The pod stops in 60 s. Nobody uses it. Whoever uses it now keeps it, and so does `podctl hold 1h`.',
    })
    expect(told(countdown(60_000), countdown(60_000))).toBeUndefined()
    expect(told(countdown(60_000), countdown(10_000, 'budget'))?.text).toContain('neither use nor a hold')
  })

  test('tells that a stop is called off', () => {
    expect(told(countdown(60_000), running())).toMatchObject({ event: 'cancelled', because: 'idle' })
    expect(told(running(), running())).toBeUndefined()
  })

  test('tells loudly that the pod has booted at the end of its budget, its lifetime or its job', () => {
    expect(told(undefined, running(1800_000, 'budget'))).toMatchObject({ event: 'late-boot', level: 'warn' })
    expect(told(undefined, running(1800_000, 'idle'))).toBeUndefined()
    expect(told(undefined, running(86_400_000, 'lifetime'))).toBeUndefined()
    expect(told(running(), running(600_000, 'budget'))).toBeUndefined()
  })
})

describe('retryDelayMs()', () => {
  const timings = { firstMs: 5000, capMs: 300_000 }
  test('doubles up to the cap, half of it by chance, and never asks earlier than it may', () => {
    expect([1, 2, 3, 7, 8, 1000].map((failures) => retryDelayMs(failures, timings, 1))).toEqual([
      ...[5000, 10_000, 20_000, 300_000, 300_000, 300_000],
    ])
    expect(retryDelayMs(1, timings, 0)).toBe(2500)
    expect(retryDelayMs(1, timings, 0, 42_000)).toBe(42_000)
  })
})

describe('usedAgain()', () => {
  const use = (name: SignalName, lastActiveMs?: number, state: Reading['state'] = 'active') =>
    new Map([[name, { state, lastActiveMs, evidence: 'evidence' }]])
  const moments = { beganMs: 100_000, trainedMs: 130_000, hasCalled: false }

  test('is what people do after the stop began', () => {
    expect(usedAgain(use('ssh', 100_001), moments)).toBe('ssh (evidence)')
    expect(usedAgain(use('hold'), moments)).toBe('hold (evidence)')
    expect(usedAgain(use('ssh', 99_999), moments)).toBeUndefined()
    expect(usedAgain(use('ssh', 100_001, 'quiet'), moments)).toBeUndefined()
    expect(usedAgain(use('jupyter', undefined, 'unknown'), moments)).toBeUndefined()
  })

  test('is not the work of the stop itself, nor that of a trainer which is ended', () => {
    expect(usedAgain(use('upload', 200_000), moments)).toBeUndefined()
    expect(usedAgain(use('trainer', 200_000), moments)).toBeUndefined()
    expect(usedAgain(use('gpu', 129_000), moments)).toBeUndefined()
    expect(usedAgain(use('gpu', 129_000), { ...moments, trainedMs: undefined })).toBeUndefined()
    expect(usedAgain(use('gpu', 140_000), moments)).toBe('gpu (evidence)')
    expect(usedAgain(use('gpu', 100_001), { ...moments, trainedMs: Number.NEGATIVE_INFINITY })).toBeDefined()
  })

  test('is a hold alone once RunPod was called', () => {
    const called = { ...moments, hasCalled: true }
    expect(usedAgain(use('ssh', 200_000), called)).toBeUndefined()
    expect(usedAgain(use('hold', 200_000), called)).toBeDefined()
  })
})

describe('terminalIn()', () => {
  const stat = (device: number) => `12 (a ) b) S 1 12 12 ${device} 12 4194304 0`
  test('gives the number of a pseudo-terminal, and of nothing else', () => {
    expect(terminalIn(stat((136 << 8) | 7))).toBe(7)
    expect(terminalIn(stat((137 << 8) | 1))).toBe(257)
    expect(terminalIn(stat(0))).toBeUndefined()
    expect(terminalIn(stat((4 << 8) | 1))).toBeUndefined()
    expect(terminalIn('')).toBeUndefined()
  })
})
