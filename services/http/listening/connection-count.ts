import type { Logger } from 'pino'
import { mostConnections } from './http-server.ts'

export interface ConnectionCount {
  /** Connections that were closed because too many were open, since podmate started. */
  readonly refused: number
  refuse(): void
}

/** Counts connections that are closed to make room, and warns of the first. */
export function countConnections(log: Logger): ConnectionCount {
  let refused = 0
  return {
    get refused() {
      return refused
    },
    refuse() {
      refused += 1
      if (refused > 1) return
      log.warn(
        `${mostConnections} connections are open: for each new one the longest idle is closed now; podmate_http_connections_refused_total counts them`,
      )
    },
  }
}
