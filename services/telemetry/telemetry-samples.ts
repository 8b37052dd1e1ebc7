import type { JsonObject } from '../../supervisor/service.ts'
import type { GpuReading } from './gpu-reading.ts'
import type { HostSample } from './host-sample.ts'
import type { Sample, TimedSample } from './sample-ring.ts'
import { mebibytes, rounded } from './status-details.ts'

/** What is kept of one moment. */
export function sampleOf(gpu: GpuReading | undefined, host: HostSample): Sample {
  const gpus = (gpu?.gpus ?? []).flatMap(({ index, utilPercent, memoryUsedMb }) => [
    [`util${index}`, utilPercent] as const,
    [`memory${index}`, memoryUsedMb] as const,
  ])
  return {
    cpu: host.cpuPercent,
    memory: host.memoryUsedBytes,
    received: host.receivedBytesPerSecond,
    sent: host.sentBytesPerSecond,
    ...Object.fromEntries(gpus),
  }
}

/** The same as /telemetry shows it; GPUs are in the order of their indexes. */
export function sampleView({ at, values }: TimedSample): JsonObject {
  const indexes = Object.keys(values).flatMap((name) =>
    name.startsWith('util') ? Number(name.slice(4)) : [],
  )
  return {
    at,
    gpus: indexes
      .sort((one, other) => one - other)
      .map((index) => ({
        util_percent: rounded(values[`util${index}`], 1),
        memory_used_mb: rounded(values[`memory${index}`], 0),
      })),
    cpu_percent: rounded(values.cpu, 1),
    memory_used_mb: mebibytes(values.memory),
    rx: rounded(values.received, 0),
    tx: rounded(values.sent, 0),
  }
}
