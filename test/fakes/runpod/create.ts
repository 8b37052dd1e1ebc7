import { z } from 'zod'
import { type Account, addPod, mustHaveRoom } from './account.ts'
import type { FakePod } from './pod-state.ts'
import { Refusal } from './refusal.ts'

const config = {
  image: z.string().optional(),
  args: z.string().optional(),
  disk: z.int().min(1).optional(),
  ports: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  registry: z.string().nullish(),
  templateId: z.string().optional(),
  globalNetworking: z.boolean().optional(),
}
const persistent = z.strictObject({ size: z.int().min(10), path: z.string() })
const network = z.array(z.strictObject({ volumeId: z.string(), path: z.string() })).max(1)
const gpu = z.strictObject({
  id: z.string(),
  count: z.int().min(1).optional(),
  allowedCudaVersions: z.array(z.string()).optional(),
  minCudaVersion: z.string().optional(),
})

/** What POST /v2/pods takes; unknown fields are refused. */
export const creation = z.strictObject({
  ...config,
  name: z.string().min(1),
  gpu: gpu.optional(),
  cloud: z.enum(['SECURE', 'COMMUNITY']).optional(),
  dataCenterIds: z.array(z.string()).optional(),
  mounts: z.strictObject({ persistent: persistent.optional(), network: network.optional() }).optional(),
  startSsh: z.boolean().optional(),
  startJupyter: z.boolean().optional(),
})

export const nobodyHasRoom =
  'There are no longer any instances available with the requested specifications. Please refresh and try again.'

/** Makes a pod as REST v2 would: without v1's defaults, and with its misleading refusals. */
export function create(account: Account, body: z.output<typeof creation>): FakePod {
  const { name, image, gpu: wanted, mounts, disk, ports, env, cloud, dataCenterIds } = body
  if (!wanted) throw new Refusal(400, 'exactly one of gpu or cpu must be set')
  if (image === undefined && body.templateId === undefined) throw new Refusal(400, 'image is required')
  if (mounts?.network?.length === 0) throw new Refusal(400, 'mounts.network must not be empty')
  // Without a count no machine fits, and the text says something else.
  if (wanted.count === undefined) throw new Refusal(400, nobodyHasRoom)
  mustHaveRoom(account, nobodyHasRoom)
  if (disk === undefined) {
    throw new Refusal(400, 'You must either provide a template id or pod configuration parameters')
  }
  return addPod(account, {
    name,
    disk,
    image: image ?? 'from-template',
    gpu: { id: wanted.id, count: wanted.count },
    volumeGb: mounts?.persistent?.size,
    networkVolumeId: mounts?.network?.[0]?.volumeId,
    mountPath: mounts?.persistent?.path ?? mounts?.network?.[0]?.path ?? '',
    ports: ports ?? [],
    env: env ?? {},
    cloud: cloud ?? 'SECURE',
    dataCenterId: dataCenterIds?.[0] ?? 'US-TX-3',
  })
}
