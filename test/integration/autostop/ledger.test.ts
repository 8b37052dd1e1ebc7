import { expect, test } from 'vitest'
import { killLedger } from '../../../scripts/accept/e/kill-ledger.ts'

test('Ledger is right to a second, and tells a threshold once, however often its process is killed', async () => {
  const found = await killLedger(8, 41, 5)
  expect(found.kills).toBe(8)
  expect(found.largestErrorSeconds).toBeLessThan(1)
  expect(found.notices.map((text) => text.slice(0, 12))).toEqual([
    '80 % of the ',
    '90 % of the ',
    'The budget i',
  ])
}, 180_000)
