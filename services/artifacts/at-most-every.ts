/** Calls `act` at once, and then at most every `ms`; the last call is never lost. `stop` forgets what is due. */
export function atMostEvery(ms: number, act: () => void): { call(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined
  let isDue = false
  const run = () => {
    isDue = false
    timer = setTimeout(() => {
      timer = undefined
      if (isDue) run()
    }, ms)
    act()
  }
  return {
    call() {
      if (timer === undefined) run()
      else isDue = true
    },
    stop() {
      clearTimeout(timer)
      isDue = false
    },
  }
}
