import { whenShown } from './visible.js'

/**
 * Does something now and then every `everyMs`, while the page is visible, one at a time. `soon()` brings the next time
 * forward; `work` must not reject.
 * @param {number} everyMs
 * @param {() => Promise<void>} work
 * @returns {{ soon(): void }}
 */
export function repeat(everyMs, work) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let next
  let isBusy = false
  let isWanted = false
  let isShown = false
  const run = async () => {
    clearTimeout(next)
    if (isBusy) return
    isBusy = true
    isWanted = false
    await work()
    isBusy = false
    if (isShown) next = setTimeout(run, isWanted ? soonMs : everyMs)
  }
  whenShown(
    () => {
      isShown = true
      void run()
    },
    () => {
      isShown = false
      clearTimeout(next)
    },
  )
  return {
    soon() {
      // Who asks again and again puts nothing off.
      if (isWanted) return
      isWanted = true
      if (isBusy || !isShown) return
      clearTimeout(next)
      next = setTimeout(run, soonMs)
    },
  }
}

/** What happens together is asked for once. */
const soonMs = 250
