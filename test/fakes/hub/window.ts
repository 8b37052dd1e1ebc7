/** A fixed window of time in which only so much may be used; the next begins with the first use after it. */
export interface Window {
  left(): number
  use(): void
  /** Seconds until it is over. */
  resetsIn(): number
}

export function fixedWindow(size: number, seconds: number): Window {
  let begun = performance.now()
  let used = 0
  const renew = () => {
    if (performance.now() - begun < seconds * 1000) return
    begun = performance.now()
    used = 0
  }
  return {
    left() {
      renew()
      return size - used
    },
    use() {
      renew()
      used += 1
    },
    resetsIn: () => Math.max(0, Math.ceil(seconds - (performance.now() - begun) / 1000)),
  }
}
