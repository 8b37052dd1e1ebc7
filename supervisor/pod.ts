import type { PodEvent } from './events.ts'
import type { PodStatus } from './status.ts'

/** One line of a service's output as it is kept and shown: redacted, without ANSI, at most 16 KB. */
export interface LogLine {
  readonly at: number
  readonly service: string
  readonly stream: 'stdout' | 'stderr' | 'log'
  readonly text: string
}

export type Command = 'start' | 'stop' | 'restart'
export interface CommandOptions {
  /** Also what locks people out. */
  readonly force: boolean
  /** From TERM to KILL; default: as for everyone. */
  readonly graceMs?: number
  /** Shown in its status and events; default `podctl <command>`. */
  readonly reason?: string
}

export interface CommandResult {
  readonly ok: boolean
  /** What is true now, in words: `trainer is stopped`, `trainer is still running: pids 12, 13`. */
  readonly message: string
}

/** What services that show or steer the pod (http) may see of it. */
export interface PodView {
  status(): PodStatus
  /** Events after `seq` that are still kept (the last 2,000); undefined when `seq` is too old. */
  eventsAfter(seq: number): readonly PodEvent[] | undefined
  onEvent(listener: (event: PodEvent) => void, signal: AbortSignal): void
  /** The last lines of a service, or of all, oldest first; at most 1,000 are kept per service. */
  logLines(service: string | undefined, count: number): readonly LogLine[]
  onLogLine(listener: (line: LogLine) => void, signal: AbortSignal): void
  /** Serialised; settles when it is true or can no longer become true. */
  command(command: Command, service: string, options: CommandOptions): Promise<CommandResult>
  /** Asks the whole pod to end in order; returns at once. */
  shutdown(reason: string): void
}
