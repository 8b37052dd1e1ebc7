import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { histories } from '../../fixtures/autostop/histories.ts'

const runs = 60

// Thousands of histories: a machine with other work takes its time.
vi.setConfig({ testTimeout: 60_000 })

test('decide() stops no pod with an active signal before its lifetime or budget', () => {
  fc.assert(fc.property(histories.busy, histories.keepsBusy), { numRuns: runs })
})

test('decide() stops every idle pod within its timeout and one interval', () => {
  fc.assert(fc.property(histories.idle, histories.stopsIdle), { numRuns: runs })
})

test('decide() stops every pod with signals that nobody can read within their grace and the timeout', () => {
  fc.assert(fc.property(histories.unreadable, histories.stopsUnreadable), { numRuns: runs })
})

test('decide() stops no pod before its timeout since the last activity, whatever is unknown meanwhile', () => {
  fc.assert(fc.property(histories.mixed, histories.unknownNeverShortens), { numRuns: runs })
})

test('decide() takes no time for idle that nobody saw', () => {
  fc.assert(fc.property(histories.suspended, histories.countsSeenTimeOnly), { numRuns: runs })
})

test('decide() stops every pod at its limits, whatever it does, and announces it', () => {
  fc.assert(fc.property(histories.limited, histories.keepsLimits), { numRuns: runs })
})

test('decide() judges 24 hours of looks at every signal', () => {
  const { looks } = histories.fullDay()
  expect(looks.length).toBeGreaterThan(8600)
})
