import type { RouteName } from './routes.ts'

/** One request as it went; holds no key. */
export interface LogEntry {
  readonly method: string
  readonly route: RouteName
  /** As it came, with its query. */
  readonly target: string
  /** Whose key it was: `account`, `read-only`, `pod <id>`, `unknown`, `nobody`. */
  readonly caller: string
  readonly userAgent: string | undefined
  readonly body: unknown
  /** 0 while it is under way, or when the connection ended without an answer. */
  status: number
  /** The fault that met it. */
  readonly fault?: string
}
