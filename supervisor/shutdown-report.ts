import type { PodEvent } from './events.ts'
import type { PodStatus } from './status.ts'

/** What `last-shutdown.json` says of one service. */
export interface ServiceShutdown {
  readonly state: string
  readonly exitCode: number | null
  readonly signal: string | null
  /** From its turn to its end, in milliseconds; null when it did not run. */
  readonly ms: number | null
  readonly killed: boolean
  /** Pids that could not be ended. */
  readonly left: readonly number[]
  readonly reason: string | undefined
}

export interface ShutdownReport {
  readonly reason: string
  readonly at: string
  readonly ms: number
  readonly services: Readonly<Record<string, ServiceShutdown>>
}

/** What happened to every service since the pod began to stop; `since` begins with `pod-stopping`. Pure. */
export function shutdownReport(status: PodStatus, since: readonly PodEvent[]): ShutdownReport {
  const last = since.at(-1)
  const rows = Object.keys(status.services).map((name): [string, ServiceShutdown] => [
    name,
    row(name, status, since),
  ])
  return {
    reason: status.reason ?? '',
    at: new Date(since[0]?.at ?? 0).toISOString(),
    ms: Math.round((last?.ms ?? 0) - (since[0]?.ms ?? 0)),
    services: Object.fromEntries(rows),
  }
}

function row(name: string, status: PodStatus, since: readonly PodEvent[]): ServiceShutdown {
  const own = since.filter((event) => 'service' in event && event.service === name)
  const asked = own.find((event) => event.type === 'stopping')
  const ended = own.find((event) => event.type === 'ended')
  const stopped = own.find((event) => event.type === 'stopped')
  const service = status.services[name]
  return {
    state: service?.state ?? 'unknown',
    exitCode: service?.lastEnding?.exitCode ?? null,
    signal: service?.lastEnding?.signal ?? null,
    ms: asked && ended ? Math.round(ended.ms - asked.ms) : null,
    killed: own.some((event) => event.type === 'killing'),
    left: stopped?.type === 'stopped' ? stopped.left : [],
    reason: service?.reason,
  }
}
