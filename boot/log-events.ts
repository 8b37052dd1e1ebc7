import { eventLevel, eventText } from '../supervisor/event-text.ts'
import type { PodEvent } from '../supervisor/events.ts'
import type { PodView } from '../supervisor/pod.ts'
import { timing } from '../supervisor/timing.ts'
import type { PodLog } from './pod-log.ts'

/** Writes a log line for every event that is worth one, and one when the whole pod has come up. */
export function logEvents(pod: PodView, { root, log }: PodLog): void {
  const booted = new AbortController()
  pod.onEvent((event) => {
    const level = eventLevel(event)
    const service = 'service' in event ? event.service : 'podmate'
    if (level) root[level]({ service, ...stampOf(event) }, eventText(event))
  }, new AbortController().signal)
  pod.onEvent((event) => {
    const { allReadyMs } = timing(pod.status())
    if (event.type !== 'ready' || allReadyMs === null) return
    booted.abort()
    log.info(`all services are ready, ${(allReadyMs / 1000).toFixed(1)} s after the start`)
  }, booted.signal)
}

/** When a service got ready, counted from the start of the process. */
function stampOf(event: PodEvent): { readonly since_start_ms?: number } {
  return event.type === 'ready' ? { since_start_ms: Math.round(event.ms) } : {}
}
