import { setTimeout } from 'node:timers/promises'

const limitMs = 60_000
const pauseMs = 50

/** Settles when a podmate that was just started is ready; rejects after a minute with what it said last. */
export async function untilReady(url: string): Promise<void> {
  const deadline = performance.now() + limitMs
  let last = ''
  while (performance.now() < deadline) {
    try {
      const response = await fetch(new URL('/readyz', url))
      if (response.ok) return
      last = await response.text()
    } catch (error) {
      last = String(error) // it does not listen yet
    }
    await setTimeout(pauseMs)
  }
  throw new Error(`not ready within ${limitMs / 1000} s: ${last}`)
}
