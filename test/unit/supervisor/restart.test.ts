import { describe, expect, it } from 'vitest'
import type { Ending } from '../../../supervisor/events.ts'
import { decide, newHistory, type RestartHistory, type Verdict } from '../../../supervisor/restart.ts'
import { defaultTimings } from '../../../supervisor/timings.ts'

const killed: Ending = { ok: false, exitCode: null, signal: 'SIGKILL', reason: 'signal SIGKILL' }
const clean: Ending = { ok: true, exitCode: 0, signal: null, reason: 'exit 0' }
const middle = 0.5

/** Lets a service end again and again after `aliveMs`, waiting out every delay. */
function verdicts(count: number, aliveMs: number, random = middle): Verdict[] {
  const found: Verdict[] = []
  let history: RestartHistory = newHistory
  let nowMs = 0
  for (let index = 0; index < count; index += 1) {
    const run = { ending: killed, startedMs: nowMs, endedMs: nowMs + aliveMs }
    const verdict = decide(run, 'always', history, defaultTimings, random)
    found.push(verdict)
    if (verdict.type !== 'restart' && verdict.type !== 'crashloop') break
    history = verdict.history
    nowMs += aliveMs + verdict.delayMs
  }
  return found
}
const delays = (found: readonly Verdict[]) =>
  found.map((verdict) => ('delayMs' in verdict ? verdict.delayMs : -1))

describe('decide()', () => {
  it('doubles the delay from 1 s to 60 s, then calls the eighth end a crash loop', () => {
    const found = verdicts(8, 10)
    expect(delays(found)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 300_000])
    expect(found.map(({ type }) => type)).toEqual([...Array(7).fill('restart'), 'crashloop'])
  })

  it('stays in the crash loop, every 5 minutes, until a run was healthy', () => {
    const found = verdicts(12, 10)
    expect(found.slice(7).every(({ type }) => type === 'crashloop')).toBe(true)
    expect(delays(found).slice(7)).toEqual(Array(5).fill(300_000))
  })

  it('starts again at 1 s after 60 s of health', () => {
    expect(delays(verdicts(5, 60_000))).toEqual(Array(5).fill(1000))
  })

  it('calls eight ends within 10 minutes a crash loop although each run was healthy', () => {
    expect(verdicts(8, 65_000).at(-1)?.type).toBe('crashloop')
    expect(verdicts(12, 90_000).every(({ type }) => type === 'restart')).toBe(true)
  })

  it('varies a delay by at most a quarter', () => {
    expect(delays(verdicts(1, 10, 0))).toEqual([750])
    expect(delays(verdicts(1, 10, 1))).toEqual([1250])
  })

  it.each([
    ['never', killed, 'failed'],
    ['never', clean, 'completed'],
    ['on-failure', clean, 'completed'],
    ['on-failure', killed, 'restart'],
    ['always', clean, 'restart'],
  ] as const)('answers policy %s and ending %o with %s', (policy, ending, type) => {
    const run = { ending, startedMs: 0, endedMs: 5 }
    expect(decide(run, policy, newHistory, defaultTimings, middle).type).toBe(type)
  })
})
