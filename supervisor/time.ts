/** Node takes a longer timer for one of a millisecond. */
const longestTimerMs = 2 ** 31 - 1

/** Settles when at least `ms` milliseconds are over, or at once when `signal` aborts. Never rejects. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve()
  const endMs = performance.now() + ms
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    // Node counts a timer from the start of its round of the loop, so one can ring some milliseconds early.
    const ring = () => {
      const leftMs = endMs - performance.now()
      if (leftMs <= 0) done()
      else timer = setTimeout(ring, Math.min(Math.ceil(leftMs), longestTimerMs))
    }
    let timer = setTimeout(ring, Math.min(ms, longestTimerMs))
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
