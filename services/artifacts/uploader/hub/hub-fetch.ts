import pRetry from 'p-retry'
import { pause } from '../../../../supervisor/time.ts'
import type { Errand } from './errand.ts'
import type { HubFetchOptions } from './fetch-options.ts'
import { HubProblem } from './hub-problem.ts'
import { RequestFailure } from './request-failure.ts'
import { retryDelay } from './retry-delay.ts'
import { sendOnce } from './send-once.ts'

/**
 * A `fetch` for the Hub, which the library can be given: resolves with whole answers that are a success and rejects with
 * a RequestFailure, a HubProblem about the file that is sent, or the reason of the signal. Passing failures are tried
 * again. Bodies are strings, bytes or Blobs.
 */
export type HubFetch = (errand: Errand) => typeof fetch

export function hubFetch(options: HubFetchOptions): HubFetch {
  const { timing, onRetry } = options
  return (errand) => (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const { signal } = errand
    return pRetry(() => sendOnce(url, init ?? {}, errand, options), {
      retries: errand.once ? 0 : timing.tries - 1,
      minTimeout: 0,
      signal,
      shouldRetry: ({ error, attemptNumber }) =>
        waitToRetry(error, attemptNumber + 1, { timing, signal, ...(onRetry && { onRetry }) }),
    })
  }
}

/** Waits as long as it takes before try number `next`; resolves with whether there is to be one. */
export async function waitToRetry(
  error: unknown,
  next: number,
  { timing, signal, onRetry }: Pick<HubFetchOptions, 'timing' | 'onRetry'> & Pick<Errand, 'signal'>,
): Promise<boolean> {
  if (error instanceof HubProblem || !(error instanceof RequestFailure) || !error.isPassing) return false
  const waitMs = retryDelay(next, error.retryAfterMs, timing, Math.random())
  if (waitMs > timing.patienceMs) return false
  onRetry?.(error.says, waitMs)
  await pause(waitMs, signal)
  return true
}
