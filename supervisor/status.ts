import type { Ending } from './events.ts'
import type { JsonObject, StopTier } from './service.ts'

export const states = [
  'disabled',
  'waiting',
  'blocked',
  'starting',
  'ready',
  'degraded',
  'restarting',
  'crashloop',
  'stopping',
  'stopped',
  'completed',
  'failed',
] as const
export type State = (typeof states)[number]

export interface ServiceStatus {
  readonly name: string
  readonly kind: 'service' | 'task'
  readonly stopTier: StopTier
  /** Services that it starts after: `needs` and `after` together. */
  readonly leads: readonly string[]
  readonly state: State
  /** Why it is in this state, in words. Absent when there is nothing to say (`ready`). */
  readonly reason?: string
  readonly pid?: number
  /** Milliseconds since the epoch of the last change of `state`. */
  readonly since: number
  readonly attempt: number
  /** Starts after the first one. */
  readonly restarts: number
  /** Failures in a row (a minute of health resets them). */
  readonly failures: number
  /** Present in `restarting` and `crashloop`: the pause before the next start. */
  readonly delayMs?: number
  readonly lastEnding?: Ending
  /** The last 20 log lines before the last ending. */
  readonly lastLines?: readonly string[]
  readonly startedMs?: number
  readonly firstLogMs?: number
  readonly readyMs?: number
  /** When it was ready for the first time since podmate started, whatever happened later. */
  readonly firstReadyMs?: number
  readonly probeFailures: number
  readonly suppressedLines: number
  readonly details?: JsonObject
}

export interface PodStatus {
  readonly version: string
  readonly pid: number
  readonly startedAt: number
  readonly state: 'running' | 'stopping' | 'stopped'
  readonly reason?: string
  readonly warnings: readonly string[]
  /** Number of the last event that is in this status. */
  readonly seq: number
  readonly services: Readonly<Record<string, ServiceStatus>>
}
