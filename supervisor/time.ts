/** Settles after `ms` milliseconds, or at once when `signal` aborts. Never rejects. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done, { once: true })
  })
}

/** Settles when `signal` aborts. Never rejects. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

/** True when `promise` settled within `ms` milliseconds and before `signal` aborted. A rejection is passed on. */
export async function settledWithin(
  promise: Promise<unknown>,
  ms: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const over = new AbortController()
  const limit = signal ? AbortSignal.any([signal, over.signal]) : over.signal
  try {
    return await Promise.race([promise.then(() => true), pause(ms, limit).then(() => false)])
  } finally {
    over.abort()
  }
}

/** Monotonic milliseconds since this process started: immune to clock changes. */
export function monotonicMs(): number {
  return performance.now()
}
