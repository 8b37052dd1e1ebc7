import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WallStamps } from '../../../../services/autostop/signals/wall-stamps.ts'

const day = 86_400_000

/** Looks at one stamp. */
function looker(granuleMs = 0) {
  const stamps = new WallStamps<string>(granuleMs)
  return (stampMs: number, nowMs: number, wallMs: number) =>
    stamps.look(new Map([['it', stampMs]]), nowMs, wallMs).get('it')
}

describe('WallStamps', () => {
  test('takes the age of a stamp at the first look', () => {
    expect(looker()(1_000_000 - 7000, 50_000, 1_000_000)).toBe(43_000)
  })

  test('takes a stamp of a moment ahead as now, and one of a far future for nothing', () => {
    expect(looker()(1_000_500, 50_000, 1_000_000)).toBe(50_000)
    expect(looker()(1_000_000 + day, 50_000, 1_000_000)).toBeUndefined()
  })

  test('keeps the time of a stamp that does not change, wherever the clock jumps', () => {
    const look = looker()
    look(1_000_000, 50_000, 1_000_000)
    expect(look(1_000_000, 60_000, 1_010_000 + day)).toBe(50_000)
    expect(look(1_000_000, 70_000, 1_020_000 - day)).toBe(50_000)
  })

  test('puts a stamp that has changed between the two looks, wherever the clock jumps', () => {
    for (const jump of [day, -day]) {
      const look = looker()
      look(1_000_000, 50_000, 1_000_000)
      const before = look(1_005_000, 60_000, 1_010_000 + jump) ?? 0
      expect(before).toBeGreaterThanOrEqual(50_000)
      expect(before).toBeLessThanOrEqual(60_000)
      expect(look(1_015_000 + jump, 70_000, 1_020_000 + jump)).toBe(65_000)
    }
  })

  test('takes what is there since the last look as made since then', () => {
    const stamps = new WallStamps<string>()
    stamps.look(new Map(), 50_000, 1_000_000)
    expect(stamps.look(new Map([['new', 1_000_000]]), 60_000, 1_010_000 + day).get('new')).toBe(50_000)
  })

  test('lets a stamp of a stretch count to the end of it, as far as that has come', () => {
    const look = looker(8000)
    expect(look(1_000_000, 50_000, 1_002_000)).toBe(50_000)
    expect(look(1_000_000, 53_000, 1_005_000)).toBe(53_000)
    expect(look(1_000_000, 80_000, 1_032_000)).toBe(56_000)
  })

  test('never makes a busy thing idle nor an idle one busy, through any jumps of the clock', () => {
    const step = fc.record({
      passedMs: fc.integer({ min: 1, max: 120_000 }),
      /** How long before the look it was active; undefined: not since the last one. */
      agoMs: fc.option(fc.integer({ min: 0, max: 120_000 }), { nil: undefined }),
      jumpMs: fc.oneof(fc.constant(0), fc.integer({ min: -day, max: day })),
      jumpsFirst: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const look = looker()
        let nowMs = 100_000
        let offsetMs = 1_790_000_000_000
        let stampMs = nowMs + offsetMs
        let known = look(stampMs, nowMs, nowMs + offsetMs)
        for (const { passedMs, agoMs, jumpMs, jumpsFirst } of steps) {
          const lookedMs = nowMs
          nowMs += passedMs
          if (jumpsFirst) offsetMs += jumpMs
          const fresh = agoMs === undefined ? stampMs : nowMs - Math.min(agoMs, passedMs) + offsetMs
          if (!jumpsFirst) offsetMs += jumpMs
          const wasActive = fresh !== stampMs
          stampMs = fresh
          const found = look(stampMs, nowMs, nowMs + offsetMs) ?? Number.NaN
          if (!wasActive) expect(found).toBe(known)
          else expect(found >= lookedMs && found <= nowMs).toBe(true)
          known = found
        }
      }),
    )
  })
})
