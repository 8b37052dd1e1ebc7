import { Gauge, type Registry } from 'prom-client'
import type { GpuState } from './gpu-reading.ts'
import type { TelemetryPort } from './port.ts'

const mebibyte = 2 ** 20
type Value = number | undefined

/** Shows the last samples as metrics, read when they are scraped; what is unknown is left out. */
export function addTelemetryMetrics(registry: Registry, port: TelemetryPort): void {
  const gpu = (name: string, help: string, value: (state: GpuState) => Value) =>
    gauge(registry, `gpu_${name}`, help, 'gpu', () =>
      (port.gpu()?.gpus ?? []).map((state) => [String(state.index), value(state)] as const),
    )
  gpu('utilization_ratio', 'Use of a GPU, 0 to 1.', ({ utilPercent }) => utilPercent && utilPercent / 100)
  gpu('memory_used_bytes', 'Memory in use.', ({ memoryUsedMb }) => memoryUsedMb && memoryUsedMb * mebibyte)
  gpu('memory_total_bytes', 'Its memory.', ({ memoryTotalMb }) => memoryTotalMb && memoryTotalMb * mebibyte)
  gpu('temperature_celsius', 'Temperature of a GPU.', ({ temperatureC }) => temperatureC)
  gpu('power_watts', 'Power that a GPU draws.', ({ powerW }) => powerW)
  gauge(registry, 'gpu_known', '1: nvidia-smi answers, 0: it does not; absent: no GPU.', undefined, () => {
    const reading = port.gpu()
    return reading ? [['', reading.problem === undefined ? 1 : 0]] : []
  })
  addHostMetrics(registry, port)
}

function addHostMetrics(registry: Registry, port: TelemetryPort): void {
  const one = (value: Value) => [['', value]] as const
  const host = (name: string, help: string, value: (sample: ReturnType<TelemetryPort['host']>) => Value) =>
    gauge(registry, name, help, undefined, () => one(value(port.host())))
  host('cpu_ratio', 'Use of the cores below, 0 to 1.', (now) => now?.cpuPercent && now.cpuPercent / 100)
  host('cpu_cores', 'Cores that this container may use.', (now) => now?.cores)
  host('memory_used_bytes', 'Memory in use.', (now) => now?.memoryUsedBytes)
  host('memory_total_bytes', 'Memory that this container may use.', (now) => now?.memoryTotalBytes)
  host('network_receive_bytes_per_second', 'Bytes received.', (now) => now?.receivedBytesPerSecond)
  host('network_transmit_bytes_per_second', 'Bytes sent.', (now) => now?.sentBytesPerSecond)
  const disks = (field: 'usedBytes' | 'totalBytes') => () =>
    (port.host()?.disks ?? []).map((disk) => [disk.mount, disk[field]] as const)
  gauge(registry, 'disk_used_bytes', 'Bytes in use on a volume.', 'mount', disks('usedBytes'))
  gauge(registry, 'disk_total_bytes', 'Size of a volume.', 'mount', disks('totalBytes'))
}

function gauge(
  registry: Registry,
  name: string,
  help: string,
  label: 'gpu' | 'mount' | undefined,
  read: () => readonly (readonly [string, Value])[],
): void {
  new Gauge({
    name: `podmate_${name}`,
    help,
    labelNames: label === undefined ? [] : [label],
    registers: [registry],
    collect() {
      this.reset()
      // A gauge without labels is 0 after a reset, which would be taken for a measurement.
      if (label === undefined) this.remove()
      for (const [of, value] of read()) {
        if (value === undefined) continue
        if (label === undefined) this.set(value)
        else this.set({ [label]: of }, value)
      }
    },
  })
}
