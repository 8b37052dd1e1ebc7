import type { EventBody, ServiceEventBody } from './events.ts'
import type { EventLevel } from './service.ts'

/** One event as a sentence for logs, podctl and the page. */
export function eventText(event: EventBody): string {
  switch (event.type) {
    case 'pod-started':
      return `podmate ${event.version} started (pid ${event.pid})`
    case 'pod-warning':
      return event.text
    case 'pod-stopping':
      return `podmate is stopping: ${event.reason}`
    case 'pod-killing':
      return `everything is killed now: ${event.reason}`
    case 'pod-stopped':
      return `podmate stopped after ${Math.round(event.tookMs)} ms`
    case 'tier-stopping':
      return `stopping tier ${event.tier}: ${event.services.join(', ')}`
    case 'tier-stopped':
      return `tier ${event.tier} has ended after ${Math.round(event.tookMs)} ms`
    default:
      return serviceText(event)
  }
}

function serviceText(event: ServiceEventBody): string {
  switch (event.type) {
    case 'disabled':
    case 'blocked':
    case 'failed':
      return `${event.type}: ${event.reason}`
    case 'waiting':
      return `waiting for ${event.on.join(', ')}`
    case 'lead-late':
      return event.reason
    case 'notice':
      return event.text
    case 'starting':
      return event.attempt === 1 ? 'starting' : `starting (attempt ${event.attempt})`
    case 'spawned':
      return `runs as pid ${event.pid}: ${event.command}`
    case 'not-ready':
      return `degraded: ${event.reason}`
    case 'probe-failed':
      return `${event.probe} probe failed (${event.failures} in a row): ${event.reason}`
    case 'suppressed':
      return `suppressed ${event.lines} lines`
    case 'ended':
      return event.ending.reason === 'ended' ? 'ended' : `ended: ${event.ending.reason}`
    case 'restarting':
      return `restarting in ${seconds(event.delayMs)} s (failure ${event.failures} in a row)`
    case 'crashloop':
      return `crash loop: ended ${event.failures} times in a row, next try in ${seconds(event.retryMs)} s`
    case 'stopping':
      return `stopping: ${event.reason}`
    case 'killing':
      return `killed: ${event.reason}`
    case 'stopped':
      return event.left.length > 0 ? `stopped, but these pids are left: ${event.left.join(', ')}` : 'stopped'
    case 'first-log':
      return 'wrote its first line'
    case 'report':
      return 'reported new details'
    case 'ready':
    case 'completed':
      return event.type
    default:
      return event satisfies never
  }
}

/** How loud an event is; undefined for those that are not worth a log line. */
export function eventLevel(event: EventBody): EventLevel | undefined {
  switch (event.type) {
    case 'report':
    case 'first-log':
      return undefined
    case 'notice':
      return event.level
    case 'crashloop':
    case 'failed':
      return 'error'
    case 'ended':
      return event.ending.ok ? undefined : 'warn' // what follows on a good end is an event of its own
    case 'stopped':
      return event.left.length > 0 ? 'error' : 'info'
    case 'pod-warning':
    case 'pod-killing':
    case 'blocked':
    case 'lead-late':
    case 'not-ready':
    case 'probe-failed':
    case 'restarting':
    case 'killing':
    case 'suppressed':
      return 'warn'
    default:
      return 'info'
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(ms < 10_000 ? 1 : 0)
}
