import { expect, test } from 'vitest'
import { throughput } from '../../../scripts/accept/d/throughput.ts'

test('hubClient() sends a file of 300 MB in one piece without holding it', { timeout: 60_000 }, async () => {
  const { ways } = await throughput({
    files: 1,
    bytesPerFile: 300e6,
    rounds: 1,
    parts: false,
    ways: ['ours'],
  })
  expect(ways.ours).toHaveLength(1)
  for (const { peakMb } of ways.ours) expect(peakMb).toBeLessThan(280)
})
