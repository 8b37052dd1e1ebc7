import type { JsonObject } from '../../supervisor/service.ts'
import type { GpuProcess, GpuReading, GpuState } from './gpu-reading.ts'
import type { DiskUse, HostSample } from './host-sample.ts'

/** Details have at most 16 KB. */
const gpusShown = 32
const processesShown = 24
const disksShown = 8
const nameLength = 60

/** What /status shows: MB and GB are MiB and GiB, as nvidia-smi and `df -h` count. */
export function statusDetails(gpu: GpuReading | undefined, host: HostSample | undefined): JsonObject {
  const shown = gpu?.processes.slice(0, processesShown) ?? []
  return {
    gpus: (gpu?.gpus ?? []).slice(0, gpusShown).map((state) => gpuDetails(state, shown)),
    gpu_problem: gpu?.problem ?? gpu?.missing ?? null,
    host: host ? hostDetails(host) : null,
  }
}

function gpuDetails(state: GpuState, processes: readonly GpuProcess[]): JsonObject {
  return {
    index: state.index,
    name: state.name.slice(0, nameLength),
    util_percent: state.utilPercent ?? null,
    memory_used_mb: state.memoryUsedMb ?? null,
    memory_total_mb: state.memoryTotalMb ?? null,
    temperature_c: state.temperatureC ?? null,
    power_w: state.powerW ?? null,
    problem: state.problem?.slice(0, 200) ?? null,
    processes: processes
      .filter(({ gpuUuid }) => gpuUuid === state.uuid)
      .map(({ pid, name, memoryMb }) => ({
        pid,
        name: name.slice(-nameLength),
        memory_used_mb: memoryMb ?? null,
      })),
  }
}

function hostDetails(host: HostSample): JsonObject {
  return {
    cpu_percent: rounded(host.cpuPercent, 1),
    cores: host.cores,
    memory_used_mb: mebibytes(host.memoryUsedBytes),
    memory_total_mb: mebibytes(host.memoryTotalBytes),
    disks: host.disks.slice(0, disksShown).map(diskDetails),
    disk_problem: host.diskProblem?.slice(0, 300) ?? null,
    network: {
      rx_bytes_per_s: rounded(host.receivedBytesPerSecond, 0),
      tx_bytes_per_s: rounded(host.sentBytesPerSecond, 0),
    },
  }
}

function diskDetails({ mount, usedBytes, totalBytes }: DiskUse): JsonObject {
  return { mount, used_gb: rounded(usedBytes / 2 ** 30, 1), total_gb: rounded(totalBytes / 2 ** 30, 1) }
}

/** Whole MiB. */
export function mebibytes(bytes: number | undefined): number | null {
  return rounded(bytes === undefined ? undefined : bytes / 2 ** 20, 0)
}

/** With so many digits after the point; null: unknown. */
export function rounded(value: number | undefined, digits: number): number | null {
  return value === undefined ? null : Number(value.toFixed(digits))
}
