import type { PodEvent } from './events.ts'
import type { ServiceStatus } from './status.ts'

/** One line of `timings/runpod_phase_times.jsonl`; names and units are those of existing set-ups. */
export interface PhaseTime {
  readonly ts_epoch_ms: number
  readonly source: 'podmate'
  readonly run_id: string
  readonly phase: string
  readonly status: 'ok' | 'error' | 'ready'
  readonly elapsed_ms: number
  readonly exit_code: number | null
}

/** The line that an event is worth: a service that got ready, a run that ended, the end of the pod. Else undefined. */
export function phaseTime(
  event: PodEvent,
  service: ServiceStatus | undefined,
  runId: string,
): PhaseTime | undefined {
  const line = { ts_epoch_ms: event.at, source: 'podmate', run_id: runId } as const
  const elapsed_ms = Math.round(event.ms - (service?.startedMs ?? event.ms))
  switch (event.type) {
    case 'ready':
      return { ...line, phase: event.service, status: 'ready', elapsed_ms, exit_code: null }
    case 'ended': {
      const { ok, exitCode } = event.ending
      return { ...line, phase: event.service, status: ok ? 'ok' : 'error', elapsed_ms, exit_code: exitCode }
    }
    case 'tier-stopped':
      return {
        ...line,
        phase: `stop:${event.tier}`,
        status: 'ok',
        elapsed_ms: Math.round(event.tookMs),
        exit_code: null,
      }
    default:
      return undefined
  }
}
