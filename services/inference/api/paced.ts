import { setImmediate } from 'node:timers/promises'

/** Runs pieces of work one after the other, and lets others have the event loop when they took `holdMs` together. */
export function paced(holdMs: number): <Value>(work: () => Value) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve()
  let heldSince = performance.now()
  return (work) => {
    const mine = last.then(async () => {
      if (performance.now() - heldSince > holdMs) {
        await setImmediate()
        heldSince = performance.now()
      }
      return work()
    })
    last = mine.catch(() => {}) // whoever asked hears of it
    return mine
  }
}
