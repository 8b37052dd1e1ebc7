import { setTimeout as pause } from 'node:timers/promises'

const pollMs = 100

/** Asks again and again until it is so (true) or `patienceMs` have gone by (false). */
export async function becomesTrue(condition: () => Promise<boolean>, patienceMs: number): Promise<boolean> {
  const deadline = Date.now() + patienceMs
  while (!(await condition())) {
    if (Date.now() > deadline) return false
    await pause(pollMs)
  }
  return true
}
