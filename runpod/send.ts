import pRetry from 'p-retry'
import { pause } from '../supervisor/time.ts'
import { type Answer, type Ask, exchange, type Wire } from './exchange.ts'
import type { RunpodTiming } from './options.ts'
import { RunpodProblem } from './problem.ts'
import { runpodProblem } from './problem-texts.ts'
import { redact } from './redact.ts'

/** One errand: the request, how its answer is read, and whether it only reads. */
export interface Errand<T> {
  readonly ask: Ask
  readonly read: (answer: Answer) => T
  /** Reading is tried again after any passing failure; all else only after 429, when RunPod says it did nothing. */
  readonly isRead: boolean
  /** For the texts: `Stopping the pod by REST v2`. */
  readonly doing: string
}

/** Rejects with a RunpodProblem that does not hold the key, or with the reason of `signal`. */
export async function send<T>(
  { ask, read, isRead, doing }: Errand<T>,
  signal: AbortSignal,
  wire: Wire & { readonly timing: RunpodTiming },
): Promise<T> {
  const { timing, key } = wire
  try {
    return await pRetry(async () => read(await exchange(ask, signal, wire)), {
      retries: timing.tries - 1,
      minTimeout: 0,
      signal,
      shouldRetry: ({ error, attemptNumber }) =>
        mayRepeat(error, isRead) && waited(error, attemptNumber, timing, signal),
    })
  } catch (error) {
    signal.throwIfAborted()
    throw told(error, doing, key)
  }
}

function mayRepeat(error: unknown, isRead: boolean): error is RunpodProblem {
  if (!(error instanceof RunpodProblem)) return false
  return error.kind === 'rate-limited' || (isRead && error.kind === 'transient')
}

/** Waits before the next try; resolves with whether there is to be one. */
async function waited(
  { retryAfterMs }: RunpodProblem,
  attempt: number,
  { firstPauseMs, patienceMs }: RunpodTiming,
  signal: AbortSignal,
): Promise<boolean> {
  // Up to half as much again, so that pods that were refused together do not come back together.
  const waitMs = (retryAfterMs ?? firstPauseMs * 2 ** (attempt - 1)) * (1 + Math.random() / 2)
  if (waitMs > patienceMs) return false
  await pause(waitMs, signal)
  return !signal.aborted
}

/** The problem with what was being done before it, and without the key. */
function told(error: unknown, doing: string, key: string): RunpodProblem {
  const problem = error instanceof RunpodProblem ? error : runpodProblem('unknown', String(error))
  const { kind, message, status, retryAfterMs } = problem
  return new RunpodProblem(kind, redact(`${doing} failed. ${message}`, key), { status, retryAfterMs })
}
