import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SampleRing } from '../../../services/telemetry/sample-ring.ts'

describe('SampleRing', () => {
  test('keeps the last samples, oldest first', () => {
    const ring = new SampleRing(3)
    for (const at of [1, 2, 3, 4, 5]) ring.push(at, { cpu: at * 10 })
    expect(ring.read(0, 10)).toEqual([3, 4, 5].map((at) => ({ at, values: { cpu: at * 10 } })))
  })

  test('has only what came after `since`', () => {
    const ring = new SampleRing(5)
    for (const at of [1, 2, 3]) ring.push(at, {})
    expect(ring.read(2, 10).map(({ at }) => at)).toEqual([3])
    expect(ring.read(3, 10)).toEqual([])
  })

  test('averages groups under their last time, and leaves out what was unknown', () => {
    const ring = new SampleRing(8)
    const values = [10, undefined, undefined, undefined, 1, 2]
    for (const [index, cpu] of values.entries()) ring.push(index + 1, { cpu })
    expect(ring.read(0, 3)).toEqual([
      { at: 2, values: { cpu: 10 } },
      { at: 4, values: { cpu: undefined } },
      { at: 6, values: { cpu: 1.5 } },
    ])
  })

  test('knows nothing of a GPU before it came and after it went, round after round', () => {
    const ring = new SampleRing(4)
    ring.push(1, { cpu: 1 })
    ring.push(2, { cpu: 2, util0: 50 })
    for (const at of [3, 4, 5]) ring.push(at, { cpu: at })
    expect(ring.read(0, 9).map(({ values }) => values.util0)).toEqual([50, undefined, undefined, undefined])
    ring.push(6, { cpu: 6 })
    expect(ring.read(0, 9).map(({ values }) => values.util0)).toEqual(Array(4).fill(undefined))
  })

  test('reads at most `points`, in order, and the last one always', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 1, max: 60 }),
        (capacity, pushed, points) => {
          const ring = new SampleRing(capacity)
          for (let at = 1; at <= pushed; at += 1) ring.push(at, { at })
          const read = ring.read(0, points)
          const kept = Math.min(capacity, pushed)
          expect(read).toHaveLength(Math.min(points, kept))
          expect(read.at(-1)?.at).toBe(pushed)
          expect(read.map(({ at }) => at)).toEqual(read.map(({ at }) => at).sort((a, b) => a - b))
          const mean = read.reduce((sum, { values }) => sum + (values.at ?? 0), 0) / read.length
          expect(mean).toBeGreaterThanOrEqual(pushed - kept + 1)
        },
      ),
    )
  })
})
