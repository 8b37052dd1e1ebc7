import type { FakePod } from './pod-state.ts'
import { isBilled } from './pod-state.ts'
import { portsOf, runtimeShown, uptimeSeconds } from './runtime.ts'
import type { Traps } from './traps.ts'

/** A pod with all fields that clients ask GraphQL for. */
export function graphqlPod(pod: FakePod, traps: Traps, nowMs: number): object {
  const { id, name, image, env, gpuCount, disk, volumeGb, mountPath, lastStatusChange } = pod
  return {
    id,
    name,
    imageName: image,
    desiredStatus: desiredStatus(pod),
    costPerHr: pod.costPerHour,
    adjustedCostPerHr: isBilled(pod) ? pod.costPerHour : 0,
    containerDiskInGb: disk,
    volumeInGb: volumeGb ?? 0,
    volumeMountPath: mountPath,
    networkVolumeId: pod.networkVolumeId ?? null,
    dockerArgs: '',
    dockerId: null,
    env: Object.entries(env).map(([key, value]) => `${key}=${value}`),
    gpuCount,
    memoryInGb: 62,
    vcpuCount: 16,
    machineId: 's194cr8pls2z',
    machine: { podHostId: `${id}-64411eb2`, gpuDisplayName: 'RTX 4090', location: 'US' },
    podType: 'RESERVED',
    port: null,
    ports: pod.ports.join(','),
    // Useless in the real one, too.
    uptimeSeconds: 0,
    lastStatusChange,
    lastStartedAt: pod.startedMs === undefined ? null : new Date(pod.startedMs).toISOString(),
    runtime: runtimeShown(pod, traps) ? runtimeOf(pod, nowMs) : null,
  }
}

/** What is wanted of it, not what it does: RUNNING from the first moment, EXITED as soon as a stop is accepted. */
function desiredStatus({ status, pending }: FakePod): string {
  const wanted = pending?.status ?? status
  return wanted === 'TERMINATED' || wanted === 'EXITED' ? 'EXITED' : 'RUNNING'
}

function runtimeOf(pod: FakePod, nowMs: number): object {
  return {
    uptimeInSeconds: uptimeSeconds(pod, nowMs),
    ports: portsOf(pod).map(({ inside, outside, type, ip }) => ({
      ip,
      isIpPublic: type === 'tcp',
      privatePort: inside,
      publicPort: outside,
      type,
    })),
    gpus: Array.from({ length: pod.gpuCount }, (_, at) => ({
      id: `GPU-${at}`,
      gpuUtilPercent: 94,
      memoryUtilPercent: 78,
    })),
    container: { cpuPercent: 45, memoryPercent: 45 },
  }
}
