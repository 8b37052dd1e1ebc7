import type { GpuReading } from './gpu-reading.ts'
import type { HostSample } from './host-sample.ts'

/** How others meet the samples; neither call waits for anything. */
export interface TelemetryPort {
  /** undefined: no GPU exists here. While telemetry does not run, a reading with a `problem`. */
  gpu(): GpuReading | undefined
  /** undefined: there is no sample yet. */
  host(): HostSample | undefined
}
