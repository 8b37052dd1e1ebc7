import { expect, test } from 'vitest'
import { pause, settledWithin } from '../../../supervisor/time.ts'

async function timeOf(ms: number): Promise<number> {
  const startMs = performance.now()
  await pause(ms)
  return performance.now() - startMs
}

/** Keeps the thread busy, so that pauses begin at all parts of a millisecond. */
function work(ms: number): void {
  const endMs = performance.now() + ms
  while (performance.now() < endMs);
}

test('pause() is never over early, not even by a part of a millisecond', async () => {
  const paused: Promise<number>[] = []
  for (let count = 0; count < 400; count += 1) {
    paused.push(timeOf(20))
    work(0.13)
  }
  expect(Math.min(...(await Promise.all(paused)))).toBeGreaterThanOrEqual(20)
})

test('pause() of more milliseconds than a timer takes goes on until its signal aborts', async () => {
  const end = new AbortController()
  const paused = pause(2 ** 40, end.signal)
  expect(await settledWithin(paused, 30)).toBe(false)
  end.abort()
  await paused
})
