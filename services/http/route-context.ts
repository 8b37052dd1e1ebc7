import type { Logger } from 'pino'
import type { ConnectionCount } from './listening/connection-count.ts'
import type { HttpOptions, HttpTimings } from './options.ts'

/** What every route of http is made with: the options, this run's signals and log. */
export interface RouteContext {
  readonly options: HttpOptions
  readonly timings: HttpTimings
  readonly podStopping: AbortSignal
  readonly stop: AbortSignal
  readonly log: Logger
  readonly connections: ConnectionCount
  /** The token that is asked for: the user's, else the generated one. */
  token(): Promise<string>
}
