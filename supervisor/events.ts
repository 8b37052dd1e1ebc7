import type { EventLevel, JsonObject, RunFact, StopTier } from './service.ts'

/** How one run of a service ended. A missing exit code is never a success. */
export interface Ending {
  readonly ok: boolean
  readonly exitCode: number | null
  readonly signal: string | null
  /** In words: `exit 127: command not found`, `signal SIGKILL (oom)`. */
  readonly reason: string
}

/** What can happen to one service. */
export type ServiceEventBody =
  | RunFact
  | { readonly type: 'disabled'; readonly reason: string }
  | { readonly type: 'waiting'; readonly on: readonly string[] }
  | { readonly type: 'blocked'; readonly reason: string }
  | { readonly type: 'lead-late'; readonly lead: string; readonly reason: string }
  | { readonly type: 'starting'; readonly attempt: number }
  | { readonly type: 'ready' }
  | { readonly type: 'not-ready'; readonly reason: string }
  | { readonly type: 'report'; readonly details: JsonObject }
  /** Something that whoever looks after the pod should know, told once. */
  | { readonly type: 'notice'; readonly level: EventLevel; readonly text: string }
  | { readonly type: 'ended'; readonly ending: Ending; readonly lastLines: readonly string[] }
  | { readonly type: 'restarting'; readonly delayMs: number; readonly failures: number }
  | { readonly type: 'crashloop'; readonly retryMs: number; readonly failures: number }
  | { readonly type: 'stopping'; readonly reason: string }
  /** `left`: processes of its tree that could not be ended. */
  | { readonly type: 'stopped'; readonly left: readonly number[] }
  | { readonly type: 'completed' }
  | { readonly type: 'failed'; readonly reason: string }

/** What can happen to the pod as a whole. */
export type PodEventBody =
  | { readonly type: 'pod-started'; readonly version: string; readonly pid: number }
  | { readonly type: 'pod-warning'; readonly text: string }
  | { readonly type: 'pod-stopping'; readonly reason: string }
  | { readonly type: 'tier-stopping'; readonly tier: StopTier; readonly services: readonly string[] }
  | { readonly type: 'tier-stopped'; readonly tier: StopTier; readonly tookMs: number }
  | { readonly type: 'pod-killing'; readonly reason: string }
  | { readonly type: 'pod-stopped'; readonly tookMs: number }

export type EventBody = (ServiceEventBody & { readonly service: string }) | PodEventBody

/** One fact, numbered from 1; of a service's reports only the newest is kept. `at` is milliseconds since the epoch; `ms` is monotonic milliseconds since the supervisor's start. */
export type PodEvent = { readonly seq: number; readonly at: number; readonly ms: number } & EventBody
