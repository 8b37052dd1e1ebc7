import type { StatePort } from '../services/state/port.ts'
import { phaseTime } from '../supervisor/phase-times.ts'
import type { JsonObject } from '../supervisor/service.ts'
import type { Recorder } from '../supervisor/stop-in-order.ts'
import type { Pod } from '../supervisor/supervise.ts'

const timesFile = 'timings/runpod_phase_times.jsonl'
const shutdownFile = 'last-shutdown.json'

/** Keeps what happens while the pod runs: the times of its phases, and that it was told to end. */
export function keepRecords(pod: Pod, state: StatePort): void {
  keepPhaseTimes(pod, state)
  keepEnd(pod, state)
}

/** Appends a line for every phase of the boot and the stop to `timings/runpod_phase_times.jsonl`. */
function keepPhaseTimes(pod: Pod, state: StatePort): void {
  const runId = `${process.pid}-${Date.now()}`
  pod.onEvent((event) => {
    const service = 'service' in event ? pod.status().services[event.service] : undefined
    const line = phaseTime(event, service, runId)
    // A volume that is away is told once by the state service, which also keeps the line.
    if (line) state.append(timesFile, `${JSON.stringify(line)}\n`).catch(() => {})
  }, new AbortController().signal)
}

/** A spot pod is killed 5 s after it was told to end: a first `last-shutdown.json` is written at once. */
function keepEnd(pod: Pod, state: StatePort): void {
  pod.onEvent((event) => {
    if (event.type !== 'pod-stopping') return
    const report = { reason: event.reason, at: new Date(event.at).toISOString(), finished: false }
    state.writeText(shutdownFile, `${JSON.stringify(report, null, 2)}\n`).catch(() => {})
  }, new AbortController().signal)
}

/**
 * Writes what `rest` still has to write, and `last-shutdown.json`, the last thing that is written. `uploads`: what came of
 * the last flush.
 */
export function shutdownRecorder(
  state: StatePort,
  rest: () => Promise<void>,
  uploads: () => JsonObject | null,
): Recorder {
  return {
    service: 'state',
    async write(report) {
      const text = JSON.stringify({ ...report, finished: true, uploads: uploads() }, null, 2)
      await Promise.all([rest(), state.writeText(shutdownFile, `${text}\n`)])
    },
  }
}
