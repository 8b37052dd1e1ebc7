import { describe, expect, test } from 'vitest'
import { retryDelayMs } from '../../../services/autostop/stop/retry-delay.ts'

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
