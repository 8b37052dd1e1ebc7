import type { HubTiming } from './retry-delay.ts'

/** How requests to the Hub are made. */
export interface HubFetchOptions {
  readonly token: string
  readonly userAgent: string
  readonly timing: HubTiming
  /** Told of each failure that is going to be tried again. */
  onRetry?(says: string, waitMs: number): void
}
