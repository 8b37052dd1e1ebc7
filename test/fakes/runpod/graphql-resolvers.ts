import { z } from 'zod'
import { type Account, addPod, balanceUsd, livePod, livePods } from './account.ts'
import { act } from './actions.ts'
import { nobodyHasRoom } from './create.ts'
import { graphqlPod } from './graphql-pod.ts'
import type { Caller } from './keys.ts'
import { type FakePod, isBilled } from './pod-state.ts'
import { GraphqlRefusal, Refusal } from './refusal.ts'

/** Who asks, and with what arguments. */
export interface Asked {
  readonly account: Account
  readonly caller: Caller
  readonly args: Readonly<Record<string, unknown>>
}

type Resolver = (asked: Asked) => unknown

/** The fields at the top of GraphQL that the stand-in has, with what their input is called. */
export const resolvers: Readonly<Record<string, { readonly input?: string; readonly resolve: Resolver }>> = {
  pod: { input: 'PodFilter', resolve: (asked) => readPod(asked) },
  myself: { resolve: myself },
  gpuTypes: { input: 'GpuTypeFilter', resolve: gpuTypes },
  podStop: { input: 'PodStopInput', resolve: (asked) => change(asked, 'stop') },
  podResume: { input: 'PodResumeInput', resolve: (asked) => change(asked, 'start') },
  podTerminate: { input: 'PodTerminateInput', resolve: terminate },
  podFindAndDeployOnDemand: { input: 'PodFindAndDeployOnDemandInput', resolve: deploy },
}

const podInput = z.object({ podId: z.string() })

function podIdOf({ args }: Asked): string {
  const input = podInput.safeParse(args.input)
  if (input.success) return input.data.podId
  throw new GraphqlRefusal('Field "podId" of required type "String!" was not provided.')
}

/** A pod's own key is good for that pod; one that may only read changes nothing. */
function checkAccess({ caller }: Asked, podId: string | undefined, isWrite: boolean): void {
  if (caller.type === 'account' && (caller.mayWrite || !isWrite)) return
  if (caller.type === 'pod' && caller.podId === podId) return
  throw new GraphqlRefusal('Unauthorized')
}

function readPod(asked: Asked): object | null {
  const podId = podIdOf(asked)
  checkAccess(asked, podId, false)
  const { account } = asked
  const pod = account.traps.terminatedLooksStopped ? account.pods.get(podId) : livePod(account, podId)
  return pod ? shown(account, pod) : null
}

function change(asked: Asked, action: 'start' | 'stop'): object {
  const pod = ownPod(asked, 'pod not found')
  const isAlready = isBilled(pod) === (action === 'start')
  try {
    if (!isAlready) act(asked.account, pod, action)
  } catch (error) {
    throw error instanceof Refusal ? new GraphqlRefusal(error.message) : error
  }
  return shown(asked.account, pod)
}

function terminate(asked: Asked): null {
  act(asked.account, ownPod(asked, 'pod not found to terminate'), 'terminate')
  return null
}

function ownPod(asked: Asked, missing: string): FakePod {
  const podId = podIdOf(asked)
  checkAccess(asked, podId, true)
  const pod = livePod(asked.account, podId)
  if (!pod) throw new GraphqlRefusal(missing)
  return pod
}

function shown(account: Account, pod: FakePod): object {
  return graphqlPod(pod, account.traps, account.nowMs())
}

function myself({ account, caller }: Asked): object | null {
  if (caller.type === 'nobody') return null
  if (caller.type !== 'account') throw new GraphqlRefusal('Unauthorized')
  const pods = livePods(account)
  const rate = pods.filter(isBilled).reduce((sum, { costPerHour }) => sum + costPerHour, 0)
  return {
    id: 'user_1',
    email: 'pod@example.com',
    pubKey: '',
    clientBalance: Math.min(balanceUsd(account), 1e6),
    currentSpendPerHr: rate,
    spendLimit: 80,
    networkVolumes: [],
    pods: pods.map((pod) => shown(account, pod)),
  }
}

/** Two types and the placeholder that the real list has. */
function gpuTypes({ args }: Asked): readonly object[] {
  const wanted = z.object({ id: z.string() }).safeParse(args.input)
  const all = [
    gpuType('NVIDIA GeForce RTX 4090', 'RTX 4090', 24, 0.69),
    gpuType('NVIDIA A40', 'A40', 48, 0.4),
    gpuType('unknown', 'unknown', 0, 0),
  ]
  return wanted.success ? all.filter(({ id }) => id === wanted.data.id) : all
}

function gpuType(id: string, displayName: string, memoryInGb: number, price: number) {
  return {
    id,
    displayName,
    memoryInGb,
    manufacturer: 'Nvidia',
    cudaCores: 0,
    maxGpuCount: 8,
    secureCloud: true,
    communityCloud: false,
    securePrice: price,
    communityPrice: price,
    oneWeekPrice: null,
    oneMonthPrice: null,
    threeMonthPrice: null,
    secureSpotPrice: null,
    communitySpotPrice: null,
    lowestPrice: { minimumBidPrice: null, uninterruptablePrice: price, stockStatus: 'High' },
  }
}

const deployment = z.looseObject({
  name: z.string(),
  imageName: z.string(),
  gpuTypeId: z.string(),
  gpuCount: z.int().default(1),
  containerDiskInGb: z.int().default(10),
  volumeInGb: z.int().default(0),
  volumeMountPath: z.string().default('/workspace'),
  ports: z.string().default(''),
  env: z.array(z.object({ key: z.string(), value: z.string() })).default([]),
})

function deploy(asked: Asked): object {
  const { account, args } = asked
  checkAccess(asked, undefined, true)
  const wanted = deployment.safeParse(args.input)
  if (!wanted.success) throw new GraphqlRefusal(`Invalid input: ${wanted.error.message}`)
  if (account.traps.isFull) throw new GraphqlRefusal(nobodyHasRoom)
  const { name, imageName, gpuTypeId, gpuCount, volumeInGb, ports, env } = wanted.data
  const pod = addPod(account, {
    name,
    image: imageName,
    gpu: { id: gpuTypeId, count: gpuCount },
    disk: wanted.data.containerDiskInGb,
    volumeGb: volumeInGb === 0 ? undefined : volumeInGb,
    mountPath: wanted.data.volumeMountPath,
    ports: ports.split(',').filter((port) => port !== ''),
    env: Object.fromEntries(env.map(({ key, value }) => [key, value])),
  })
  return shown(account, pod)
}
