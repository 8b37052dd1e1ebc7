import { expect, test } from 'vitest'
import { fuzz } from '../../../scripts/accept/c/fuzz.ts'
import { limitMs } from '../../fixtures/limit.ts'

test('/infer and /infer/batch answer hostile games, FENs and PGN texts with 200, 400, 413 or 422, soon', async () => {
  const { requests, statuses, slowestMs, wrong } = await fuzz(1000, 5)
  console.log(`fuzzer: ${requests} bodies, ${JSON.stringify(statuses)}, slowest ${slowestMs.toFixed(0)} ms`)
  expect(wrong).toEqual([])
  expect(statuses[200]).toBeGreaterThan(100)
  expect(statuses[400]).toBeGreaterThan(100)
  expect(slowestMs).toBeLessThan(limitMs(3000))
}, 180_000)
