import type { Logger } from 'pino'
import type { Timings } from './timings.ts'

/** What a service may say about itself in /status: plain JSON, at most 16 KB. */
export type JsonObject = { readonly [key: string]: JsonValue }
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject

export const stopTiers = ['intake', 'work', 'save', 'tools', 'access'] as const
export type StopTier = (typeof stopTiers)[number]
export type RestartPolicy = 'always' | 'on-failure' | 'never'

/** Anything the pod does: a name and one async function. The supervisor is a loop around `run`. */
export interface Service {
  readonly name: string
  /** A task is meant to end (bootstrap, a training run). Default `service`. */
  readonly kind?: 'service' | 'task'
  /** Why it cannot run here (no sshd binary, no token); set by its factory, shown as `disabled: <why>`. */
  readonly disabled?: string
  /** Start order only: a lead that is disabled, failed or late lets its followers go (an event says so). */
  readonly after?: readonly string[]
  /** Hard condition: `blocked` until that one is ready (a task: completed). */
  readonly needs?: readonly string[]
  /** Stop order, in parallel inside a tier: intake → work → save → tools → access. Default `tools`. */
  readonly stopTier?: StopTier
  /** Default: `always` for a service, `on-failure` for a task. */
  readonly restart?: RestartPolicy
  /** Resolves when the work is finished, rejects when it failed; returns soon after `stop` aborts. */
  run(ctx: ServiceContext): Promise<void>
}

/** How loud a line or a notice is. */
export type EventLevel = 'info' | 'warn' | 'error'

export interface ServiceContext {
  /** The whole pod is going down: refuse new work now. */
  readonly podStopping: AbortSignal
  /** Your turn: wind down, flush, return. */
  readonly stop: AbortSignal
  /** Time is up: what is not done now is lost. */
  readonly kill: AbortSignal
  readonly log: Logger
  ready(): void
  /** Runs, but cannot serve right now (`degraded`); `ready()` takes it back. */
  notReady(reason: string): void
  /** Replaces the service's `details` in /status. At most 16 KB of JSON. */
  report(details: JsonObject): void
  /** An event of its own in the log, in /events and on the page: for what people must be told once, not for progress. */
  notice(level: EventLevel, text: string): void
  /** What `child()` needs to run a foreign program; no service uses it directly. */
  readonly program: ProgramContext
}

export interface ProgramContext {
  /** NAME: value that every process of the service inherits, so that those that left its group are found. */
  readonly mark: { readonly PODMATE_MARK: string }
  readonly timings: Timings
  readonly redact: (text: string) => string
  tell(fact: RunFact): void
}

/** What a running program lets the supervisor know, besides its readiness. */
export type RunFact =
  | { readonly type: 'spawned'; readonly pid: number; readonly command: string }
  | { readonly type: 'first-log' }
  | {
      readonly type: 'probe-failed'
      readonly probe: string
      readonly reason: string
      readonly failures: number
    }
  | { readonly type: 'suppressed'; readonly lines: number }
  | { readonly type: 'killing'; readonly reason: string }
