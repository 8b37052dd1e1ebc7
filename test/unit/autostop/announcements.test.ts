import { describe, expect, test } from 'vitest'
import type { StopCause, Verdict } from '../../../services/autostop/decision/verdict.ts'
import { announcement } from '../../../services/autostop/watch/announcements.ts'

const running = (stopsAtMs?: number, cause?: StopCause): Verdict => ({
  ...{ kind: 'running', because: ['In use.'], stopsAtMs, cause },
})
const countdown = (stopsAtMs: number, cause: StopCause = 'idle'): Verdict => ({
  ...{ kind: 'countdown', because: ['Nobody uses it.'], stopsAtMs, cause },
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
