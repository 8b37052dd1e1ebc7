import { parseArgs } from 'node:util'
import { type Account, addPod, settle } from './runpod/account.ts'
import { answerRequest, type Desk } from './runpod/answer-request.ts'
import { type Contract, contractAtHand } from './runpod/contract.ts'
import { openDoors } from './runpod/doors.ts'
import { type Faults, faultScript } from './runpod/faults.ts'
import type { LogEntry } from './runpod/log.ts'
import type { FakePod, PodSpec } from './runpod/pod-state.ts'
import { type Traps, usualTraps } from './runpod/traps.ts'

export { keys } from './runpod/keys.ts'

export interface RunpodOptions {
  readonly port?: number
  readonly traps?: Partial<Traps>
  /** What the account has; without it there is no end to it. */
  readonly creditUsd?: number
  /** What requests and answers are held to; RunPod's own document where it is at hand. */
  readonly contract?: Contract
}

/** A stand-in of RunPod: REST v2 and GraphQL over real HTTP, with pods, keys, money, its traps, and faults on demand. */
export interface Runpod extends AsyncDisposable {
  /** For RUNPOD_REST_URL. */
  readonly url: string
  /** For RUNPOD_GRAPHQL_ENDPOINT. */
  readonly graphqlUrl: string
  readonly traps: Traps
  readonly contract: Contract | undefined
  readonly faults: Faults
  /** Every request so far, in the order they came. */
  readonly log: readonly LogEntry[]
  /** A pod that runs; it may be changed. */
  addPod(spec?: Partial<PodSpec>): FakePod
  /** As it is now; throws when there never was one. */
  pod(id: string): FakePod
  /** The container ends and is started again, as RunPod does; the pod goes on and is billed. */
  crash(id: string): void
  /** Pushes the clock on: starts and stops that take time, and money. */
  advance(ms: number): void
  /** No door: connections are refused until `comeBack()`. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
  /** Closes it; rejects when an answer was not as the OpenAPI document says, where that is at hand. */
  close(): Promise<void>
}

/** Starts a stand-in on the loopback; whoever starts it closes it (`await using`). */
export async function startRunpod(options: RunpodOptions = {}): Promise<Runpod> {
  const { port = 0, traps, creditUsd, contract = contractAtHand() } = options
  let pushedMs = 0
  const nowMs = () => Date.now() + pushedMs
  const account: Account = { pods: new Map(), traps: { ...usualTraps, ...traps }, creditUsd, nowMs }
  const desk: Desk = { account, faults: faultScript(), log: [], contract, violations: [] }
  const doors = await openDoors((request, response) => {
    void answerRequest(desk, request, response).catch((error: unknown) => {
      desk.violations.push(`The stand-in broke: ${String(error)}`)
      response.destroy()
    })
  }, port)
  const podNamed = (id: string): FakePod => {
    settle(account)
    const pod = account.pods.get(id)
    if (!pod) throw new Error(`There is no pod ${id}`)
    return pod
  }
  const close = async () => {
    await doors.shut()
    if (desk.violations.length > 0) throw new Error(desk.violations.join('\n'))
  }
  return {
    url: doors.url,
    graphqlUrl: `${doors.url}/graphql`,
    traps: account.traps,
    contract,
    faults: desk.faults,
    log: desk.log,
    addPod: (spec) => addPod(account, spec),
    pod: podNamed,
    crash(id) {
      podNamed(id).containerMs = account.nowMs()
    },
    advance(ms) {
      pushedMs += ms
      settle(account)
    },
    goAway: doors.shut,
    comeBack: doors.open,
    close,
    [Symbol.asyncDispose]: close,
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
  const runpod = await startRunpod({ port: Number(values.port) })
  const { id, key } = runpod.addPod()
  console.log(JSON.stringify({ url: runpod.url, podId: id, podKey: key }))
  process.once('SIGTERM', () => void runpod.close())
}
