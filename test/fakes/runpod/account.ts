import { type FakePod, isBilled, type PodSpec, type PodStatus, usualPod } from './pod-state.ts'
import { Refusal } from './refusal.ts'
import type { Traps } from './traps.ts'

/** All that a stand-in knows: one account with its pods, and a clock that a test may push on. */
export interface Account {
  readonly pods: Map<string, FakePod>
  readonly traps: Traps
  /** What was there in the beginning; undefined: no end to it. */
  readonly creditUsd: number | undefined
  nowMs(): number
}

const hourMs = 3_600_000
const stoppedVolumeUsdPerGbHour = 0.2 / 730
let made = 0

/** A pod that runs, or begins to when `traps.startingMs` says so. */
export function addPod(account: Account, spec: Partial<PodSpec> = {}): FakePod {
  made += 1
  const nowMs = account.nowMs()
  const id = spec.id ?? `pod${String(made).padStart(4, '0')}x${made * 7919}`
  const whole = { ...usualPod, ...spec, id }
  const pod: FakePod = {
    ...whole,
    key: `rpa_PodKeyOf${id}NotAKey`.padEnd(48, '0'),
    status: 'PROVISIONING',
    locked: false,
    gpuCount: whole.gpu.count,
    createdMs: nowMs,
    startedMs: nowMs,
    containerMs: nowMs,
    starts: 1,
    lastStatusChange: `Rented by User: ${new Date(nowMs).toUTCString()}`,
    pending: { status: 'RUNNING', atMs: nowMs + account.traps.startingMs },
    spentUsd: 0,
    countedMs: nowMs,
  }
  account.pods.set(id, pod)
  settle(account)
  return pod
}

/** Lets all that was to happen by now happen: starts and stops that take their time, money, an empty purse. */
export function settle(account: Account): void {
  const nowMs = account.nowMs()
  for (const pod of account.pods.values()) {
    if (pod.pending && pod.pending.atMs <= nowMs) {
      const { status, atMs } = pod.pending
      count(pod, Math.max(atMs, pod.countedMs))
      pod.pending = undefined
      pod.status = status
    }
    count(pod, nowMs)
  }
  if (balanceUsd(account) < 0) endAll(account)
}

export function balanceUsd({ creditUsd, pods }: Account): number {
  const spent = [...pods.values()].reduce((sum, { spentUsd }) => sum + spentUsd, 0)
  return (creditUsd ?? Number.POSITIVE_INFINITY) - spent
}

function count(pod: FakePod, untilMs: number): void {
  const hours = Math.max(0, untilMs - pod.countedMs) / hourMs
  const stoppedRate = pod.status === 'EXITED' ? (pod.volumeGb ?? 0) * stoppedVolumeUsdPerGbHour : 0
  pod.spentUsd += hours * (isBilled(pod) ? pod.costPerHour : stoppedRate)
  pod.countedMs = Math.max(untilMs, pod.countedMs)
}

/** At zero, pods stop; those without a network volume are gone. */
function endAll({ pods }: Account): void {
  for (const pod of pods.values()) {
    if (!isBilled(pod)) continue
    become(pod, pod.networkVolumeId === undefined ? 'TERMINATED' : 'EXITED', 'Exited by Runpod')
  }
}

/** The pods that are listed: those that are not gone. */
export function livePods(account: Account): readonly FakePod[] {
  return [...account.pods.values()].filter(({ status }) => status !== 'TERMINATED')
}

export function become(pod: FakePod, status: PodStatus, why: string): void {
  pod.status = status
  pod.pending = undefined
  pod.lastStatusChange = why
}

/** The pod with that id, or undefined when it is gone or never was. */
export function livePod(account: Account, id: string): FakePod | undefined {
  const pod = account.pods.get(id)
  return pod && pod.status !== 'TERMINATED' ? pod : undefined
}

export function mustHaveRoom({ traps }: Account, detail: string): void {
  if (traps.isFull) throw new Refusal(400, detail)
}
