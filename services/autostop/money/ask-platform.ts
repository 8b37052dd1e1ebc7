import { aborted, pause } from '../../../supervisor/time.ts'
import type { PodFacts } from './settle-gaps.ts'

/** Asks the platform about this pod; may reject, and settles soon after `signal` aborts. */
export type AskPlatform = (signal: AbortSignal) => Promise<PodFacts | undefined>

export interface AskTimings {
  /** Between two questions: until it has answered, and then. */
  readonly askAgainMs: number
  readonly askLaterMs: number
  /** An answer may take so long. */
  readonly askLimitMs: number
}

/** Asks over and over and passes on each answer, undefined for none. Settles when `stop` aborts; never rejects. */
export async function askPlatform(
  ask: AskPlatform,
  take: (facts: PodFacts | undefined) => void,
  { askAgainMs, askLaterMs, askLimitMs }: AskTimings,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    const limit = AbortSignal.any([stop, AbortSignal.timeout(askLimitMs)])
    // What went wrong is shown as what is missing: the rate, or how sure it is.
    const facts = await Promise.race([
      ask(limit).catch(() => undefined),
      aborted(limit).then(() => undefined),
    ])
    if (!stop.aborted) take(facts)
    await pause(facts ? askLaterMs : askAgainMs, stop)
  }
}
