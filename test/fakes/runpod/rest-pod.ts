import { actionsOf } from './actions.ts'
import { type FakePod, isBilled } from './pod-state.ts'
import { portsOf, runtimeShown, uptimeSeconds } from './runtime.ts'
import type { Traps } from './traps.ts'

/** A pod as REST v2 shows it, its `env` in clear text included. */
export function restPod(pod: FakePod, traps: Traps, nowMs: number): object {
  const { id, name, status, image, disk, env, cloud, dataCenterId, gpu, gpuCount, locked } = pod
  return {
    id,
    name,
    status,
    actions: actionsOf(pod),
    image,
    args: '',
    disk,
    mounts: mountsOf(pod),
    ports: pod.ports,
    env,
    registry: null,
    // A pod that was started without GPUs has none to show.
    ...(gpuCount > 0 && { gpu: { id: gpu.id, count: gpuCount } }),
    cloud,
    dataCenterId,
    cudaVersion: '12.8',
    ssh: sshOf(pod),
    template: null,
    cost: isBilled(pod) ? pod.costPerHour : 0,
    locked,
    globalNetworking: { enabled: false },
    runtime: runtimeShown(pod, traps) ? runtimeOf(pod, nowMs) : null,
    createdAt: new Date(pod.createdMs).toISOString(),
    startedAt: pod.startedMs === undefined ? null : new Date(pod.startedMs).toISOString(),
  }
}

function mountsOf({ volumeGb, networkVolumeId, mountPath: path }: FakePod): object {
  if (networkVolumeId !== undefined) return { network: [{ volumeId: networkVolumeId, path }] }
  return volumeGb === undefined ? {} : { persistent: { size: volumeGb, path } }
}

function sshOf(pod: FakePod): object {
  const username = `${pod.id}-64411eb2`
  const proxy = { host: 'ssh.runpod.io', port: 22, username, command: `ssh ${username}@ssh.runpod.io` }
  const port = portsOf(pod).find(({ inside }) => inside === 22)
  if (!port || pod.status !== 'RUNNING') return { proxy, direct: null }
  const command = `ssh root@${port.ip} -p ${port.outside}`
  return { proxy, direct: { host: port.ip, port: port.outside, username: 'root', command } }
}

function runtimeOf(pod: FakePod, nowMs: number): object {
  return {
    uptime: uptimeSeconds(pod, nowMs),
    gpus: Array.from({ length: pod.gpuCount }, () => ({ util: 94, memoryUtil: 78 })),
    cpu: { util: 45 },
    memory: { util: 45 },
    ports: portsOf(pod).map(({ inside, outside, type, ip }) => ({
      private: inside,
      public: outside,
      type,
      ip,
    })),
  }
}
