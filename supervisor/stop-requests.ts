const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

export interface StopRequests {
  /** Called with the signal's name once, at the first request; at once when it has come already. */
  onStop(listener: (signal: string) => void): void
  /** Called when a later request means: kill everything now. */
  onKill(listener: (signal: string) => void): void
}

/**
 * Takes TERM, INT and HUP from now on. A repeat within `sameSignalMs` of the first is the same request (terminals and
 * npm double it); a later one asks for an end at once.
 */
export function stopRequests(sameSignalMs = 1000): StopRequests {
  const first = Promise.withResolvers<string>()
  const second = Promise.withResolvers<string>()
  let firstMs: number | undefined
  for (const signal of signals) {
    process.on(signal, () => {
      firstMs ??= performance.now()
      first.resolve(signal)
      if (performance.now() - firstMs > sameSignalMs) second.resolve(signal)
    })
  }
  return {
    onStop: (listener) => void first.promise.then(listener),
    onKill: (listener) => void second.promise.then(listener),
  }
}
