import type { PodEvent, ServiceEventBody } from './events.ts'
import type { Service } from './service.ts'
import type { PodStatus, ServiceStatus } from './status.ts'

const keptWarnings = 50

/** The status before anything has happened. */
export function initialStatus(services: readonly Service[]): PodStatus {
  const entries = services.map((service): [string, ServiceStatus] => [service.name, initialService(service)])
  return {
    version: '',
    pid: 0,
    startedAt: 0,
    state: 'running',
    warnings: [],
    seq: 0,
    services: Object.fromEntries(entries),
  }
}

function initialService(service: Service): ServiceStatus {
  return {
    name: service.name,
    kind: service.kind ?? 'service',
    stopTier: service.stopTier ?? 'tools',
    leads: [...(service.needs ?? []), ...(service.after ?? [])],
    state: 'waiting',
    since: 0,
    attempt: 0,
    restarts: 0,
    failures: 0,
    probeFailures: 0,
    suppressedLines: 0,
  }
}

/** The status after one more event: the only place where a state changes. Pure. */
export function reduce(status: PodStatus, event: PodEvent): PodStatus {
  return { ...reducePod(status, event), seq: event.seq }
}

function reducePod(status: PodStatus, event: PodEvent): PodStatus {
  switch (event.type) {
    case 'pod-started':
      return { ...status, version: event.version, pid: event.pid, startedAt: event.at }
    case 'pod-warning':
      return { ...status, warnings: [...status.warnings, event.text].slice(-keptWarnings) }
    case 'pod-stopping':
      return { ...status, state: 'stopping', reason: event.reason }
    case 'pod-stopped':
      return { ...status, state: 'stopped' }
    case 'pod-killing':
    case 'tier-stopping':
    case 'tier-stopped':
      return status
    default: {
      const before = status.services[event.service]
      if (!before) return status
      const after = reduceService(before, event)
      const since = after.state === before.state ? before.since : event.at
      return { ...status, services: { ...status.services, [event.service]: { ...after, since } } }
    }
  }
}

function reduceService(was: ServiceStatus, event: PodEvent & ServiceEventBody): ServiceStatus {
  switch (event.type) {
    case 'disabled':
      return { ...was, state: 'disabled', reason: event.reason }
    case 'waiting':
      return { ...was, state: 'waiting', reason: `waits for ${event.on.join(', ')}` }
    case 'blocked':
      return { ...was, state: 'blocked', reason: event.reason }
    case 'starting':
      return starting(was, event)
    case 'spawned':
      return { ...was, pid: event.pid }
    case 'first-log':
      return { ...was, firstLogMs: event.ms }
    case 'ready':
      return ready(was, event.ms)
    case 'not-ready':
      return notReady(was, event.reason)
    case 'probe-failed':
      return { ...was, probeFailures: was.probeFailures + 1 }
    case 'report':
      return { ...was, details: event.details }
    case 'suppressed':
      return { ...was, suppressedLines: was.suppressedLines + event.lines }
    case 'ended':
      return ended(was, event)
    case 'restarting':
      return { ...was, state: 'restarting', ...pick(event), reason: endReason(was) }
    case 'crashloop':
      return {
        ...was,
        state: 'crashloop',
        delayMs: event.retryMs,
        failures: event.failures,
        reason: endReason(was),
      }
    case 'stopping':
      return { ...was, state: 'stopping', reason: event.reason }
    case 'stopped':
      return { ...withoutRun(was), state: 'stopped', reason: stoppedReason(event.left) }
    case 'completed':
      return { ...withoutRun(was), state: 'completed', reason: endReason(was) }
    case 'failed':
      return { ...withoutRun(was), state: 'failed', reason: event.reason }
    case 'lead-late':
    case 'killing':
    case 'notice':
      return was
    default:
      return event satisfies never
  }
}

function starting(
  was: ServiceStatus,
  event: { readonly attempt: number; readonly ms: number },
): ServiceStatus {
  const { delayMs: _, reason: __, readyMs: ___, firstLogMs: ____, pid: _____, details: ______, ...kept } = was
  return {
    ...kept,
    state: 'starting',
    attempt: event.attempt,
    restarts: event.attempt - 1,
    startedMs: event.ms,
  }
}

function ready(was: ServiceStatus, ms: number): ServiceStatus {
  if (was.state !== 'starting' && was.state !== 'degraded') return was
  const { reason: _, ...kept } = was
  return { ...kept, state: 'ready', readyMs: was.readyMs ?? ms, firstReadyMs: was.firstReadyMs ?? ms }
}

function notReady(was: ServiceStatus, reason: string): ServiceStatus {
  const runs = was.state === 'starting' || was.state === 'ready' || was.state === 'degraded'
  return runs ? { ...was, state: 'degraded', reason } : was
}

function ended(was: ServiceStatus, event: Extract<ServiceEventBody, { type: 'ended' }>): ServiceStatus {
  return { ...withoutRun(was), lastEnding: event.ending, lastLines: event.lastLines }
}

function withoutRun(was: ServiceStatus): ServiceStatus {
  const { pid: _, delayMs: __, ...kept } = was
  return kept
}

function pick(event: { readonly delayMs: number; readonly failures: number }) {
  return { delayMs: event.delayMs, failures: event.failures }
}

function endReason(was: ServiceStatus): string {
  return was.lastEnding?.reason ?? 'ended'
}

function stoppedReason(left: readonly number[]): string {
  return left.length > 0 ? `stopped, but these processes are left: ${left.join(', ')}` : 'stopped'
}
