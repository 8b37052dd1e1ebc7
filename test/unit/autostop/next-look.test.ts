import { describe, expect, test } from 'vitest'
import { nextLookMs } from '../../../services/autostop/decision/next-look.ts'
import type { StopCause, Verdict } from '../../../services/autostop/decision/verdict.ts'

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
