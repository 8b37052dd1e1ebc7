import { expect, test } from 'vitest'
import { faultRounds } from '../../../scripts/accept/d/faults.ts'

test('hubClient() loses and doubles nothing in 10 rounds of mixed faults', async () => {
  const { faults, commits, lost, doubled } = await faultRounds(10, 7)
  expect(faults).toBeGreaterThan(50)
  expect(commits).toBeGreaterThan(20)
  expect([...lost, ...doubled]).toEqual([])
})
