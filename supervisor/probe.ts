import { aborted, pause } from './time.ts'
import type { Timings } from './timings.ts'

/** Resolves when the thing answers as itself; rejects with the reason. `signal` ends a probe that takes too long. */
export type Probe = (signal: AbortSignal) => Promise<void>

export interface ProbeReport {
  onSuccess(): void
  /** `failures` in a row; called for every failed probe. */
  onFailure(reason: string, failures: number): void
}

/** Probes at once, often until the first success, then every period, until `stop` aborts. Never rejects. */
export async function probeLoop(
  probe: Probe,
  timings: Timings,
  report: ProbeReport,
  stop: AbortSignal,
): Promise<void> {
  let failures = 0
  let succeeded = false
  while (!stop.aborted) {
    const reason = await probeOnce(probe, timings.probeTimeoutMs, stop)
    if (stop.aborted) return
    if (reason === undefined) {
      failures = 0
      succeeded = true
      report.onSuccess()
    } else {
      failures += 1
      report.onFailure(reason, failures)
    }
    await pause(succeeded ? timings.probePeriodMs : timings.probeStartMs, stop)
  }
}

/** The reason of the failure, or undefined. A probe that ignores its signal is left behind after `timeoutMs`. */
async function probeOnce(probe: Probe, timeoutMs: number, stop: AbortSignal): Promise<string | undefined> {
  const over = new AbortController()
  const limit = AbortSignal.any([stop, over.signal])
  const timer = setTimeout(() => over.abort(), timeoutMs)
  const tooLate = aborted(limit).then(() => `no answer within ${timeoutMs} ms`)
  try {
    return await Promise.race([
      probe(limit).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      ),
      tooLate,
    ])
  } finally {
    clearTimeout(timer)
    over.abort()
  }
}
