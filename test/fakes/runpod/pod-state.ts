/** The status of a pod as REST v2 names it. */
export type PodStatus = 'PROVISIONING' | 'STARTING' | 'RUNNING' | 'EXITED' | 'ERROR' | 'TERMINATED'

/** What a pod is made from; all of it has a usual value. */
export interface PodSpec {
  readonly id: string
  readonly name: string
  readonly image: string
  readonly gpu: { readonly id: string; readonly count: number }
  readonly disk: number
  /** GB of the pod's own volume; undefined when it has none. */
  readonly volumeGb: number | undefined
  readonly networkVolumeId: string | undefined
  readonly mountPath: string
  readonly ports: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cloud: 'SECURE' | 'COMMUNITY'
  readonly dataCenterId: string
  /** US dollars an hour while it runs. */
  readonly costPerHour: number
}

/** A pod of the stand-in. */
export interface FakePod extends PodSpec {
  /** The key that RunPod would inject as RUNPOD_API_KEY: it is for this pod alone. */
  readonly key: string
  status: PodStatus
  name: string
  locked: boolean
  gpuCount: number
  readonly createdMs: number
  startedMs: number | undefined
  /** When its container began: later than `startedMs` after a crash. */
  containerMs: number
  /** Raised with each start, for public ports change. */
  starts: number
  lastStatusChange: string
  /** A change that was accepted and has not happened yet. */
  pending: { readonly status: PodStatus; readonly atMs: number } | undefined
  spentUsd: number
  /** Until when `spentUsd` counts. */
  countedMs: number
}

export const usualPod: Omit<PodSpec, 'id'> = {
  name: 'my-training-pod',
  image: 'runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404',
  gpu: { id: 'NVIDIA GeForce RTX 4090', count: 1 },
  disk: 50,
  volumeGb: 20,
  networkVolumeId: undefined,
  mountPath: '/workspace',
  ports: ['8888/http', '22/tcp'],
  env: { JUPYTER_PASSWORD: 'hunter2' },
  cloud: 'SECURE',
  dataCenterId: 'US-TX-3',
  costPerHour: 0.69,
}

/** Whether its full rate is billed. */
export function isBilled({ status }: FakePod): boolean {
  return status === 'PROVISIONING' || status === 'STARTING' || status === 'RUNNING'
}
