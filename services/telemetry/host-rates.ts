import type { HostCounters } from './host-counters.ts'
import type { DiskUse, HostSample } from './host-sample.ts'

/** What was used between two looks; without an earlier one the rates are unknown. */
export function hostSample(
  now: HostCounters,
  before: HostCounters | undefined,
  disks: { readonly disks: readonly DiskUse[]; readonly problem: string | undefined },
): HostSample {
  const seconds = before === undefined ? 0 : (now.atMs - before.atMs) / 1000
  const rate = (count: (counters: HostCounters) => number | undefined) => {
    const [first, last] = [before && count(before), count(now)]
    // A counter that fell began anew.
    if (first === undefined || last === undefined || seconds <= 0 || last < first) return undefined
    return (last - first) / seconds
  }
  const busyCores = rate(({ cpuSeconds }) => cpuSeconds)
  return {
    atMs: now.atMs,
    cpuPercent: busyCores === undefined ? now.cpuPercent : Math.min(100, (busyCores / now.cores) * 100),
    cores: now.cores,
    memoryUsedBytes: now.memoryUsedBytes,
    memoryTotalBytes: now.memoryTotalBytes,
    disks: disks.disks,
    diskProblem: disks.problem,
    receivedBytesPerSecond: rate(({ receivedBytes }) => receivedBytes),
    sentBytesPerSecond: rate(({ sentBytes }) => sentBytes),
  }
}
