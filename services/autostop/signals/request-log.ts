import { monotonicMs } from '../../../supervisor/time.ts'
import type { RequestsSeen } from './ports.ts'

export interface RequestLog extends RequestsSeen {
  /** Called for each request that counts as activity. */
  readonly seen: () => void
}

/** Counts requests. */
export function requestLog(clock: () => number = monotonicMs): RequestLog {
  let count = 0
  let lastMs: number | undefined
  return {
    get count() {
      return count
    },
    get lastMs() {
      return lastMs
    },
    seen() {
      count += 1
      lastMs = clock()
    },
  }
}
