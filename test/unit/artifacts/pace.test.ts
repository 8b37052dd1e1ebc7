import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changeWaitMs, commitWaitMs, gapMs } from '../../../services/artifacts/uploader/pace.ts'

const hourMs = 3_600_000

describe('commitWaitMs()', () => {
  test('lets the first few go at once, the next ones at even distances', () => {
    const waits: number[] = []
    const times: number[] = []
    for (let nowMs = 0; times.length < 8; ) {
      const waitMs = commitWaitMs(times, nowMs, 30)
      waits.push(waitMs)
      nowMs += waitMs
      times.push(nowMs)
    }
    expect(waits.slice(0, 4)).toEqual([0, 0, 0, 0])
    for (const waitMs of waits.slice(4)) expect(waitMs).toBeCloseTo(hourMs / 26, -2)
  })

  test('never lets more through in an hour than it is told', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 600_000 }), { maxLength: 300 })
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 60 }), (pauses, perHour) => {
        const times: number[] = []
        let nowMs = 0
        for (const pauseMs of pauses) {
          nowMs += pauseMs
          const waitMs = commitWaitMs(
            times.filter((atMs) => nowMs - atMs < hourMs),
            nowMs,
            perHour,
          )
          if (waitMs === 0) times.push(nowMs)
        }
        for (const start of times) {
          const inHour = times.filter((atMs) => atMs >= start && atMs < start + hourMs)
          expect(inHour.length).toBeLessThanOrEqual(perHour)
        }
      }),
    )
  })

  test('asks for no more patience than it needs: what waited so long may go', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: hourMs }), { maxLength: 40 }), (unsorted) => {
        const times = unsorted.sort((left, right) => left - right)
        const waitMs = commitWaitMs(times, hourMs, 30)
        expect(commitWaitMs(times, hourMs + waitMs, 30)).toBe(0)
      }),
    )
  })
})

describe('changeWaitMs()', () => {
  const limits = { debounceMs: 10_000, maxWaitMs: 120_000 }

  test('waits until no change came for a while', () => {
    expect(changeWaitMs({ firstMs: 0, lastMs: 4000, ...limits }, 5000)).toBe(9000)
    expect(changeWaitMs({ firstMs: 0, lastMs: 4000, ...limits }, 14_000)).toBe(0)
  })

  test('does not wait for ever', () => {
    expect(changeWaitMs({ firstMs: 0, lastMs: 119_000, ...limits }, 119_500)).toBe(500)
  })
})

test('gapMs() leaves a folder alone for longer after a look that took long', () => {
  expect([0, 10, 100, 1000].map(gapMs)).toEqual([250, 250, 2000, 5000])
})
