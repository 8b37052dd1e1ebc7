import { type Account, become, mustHaveRoom } from './account.ts'
import type { FakePod, PodStatus } from './pod-state.ts'
import { Refusal } from './refusal.ts'

export const actionNames = ['start', 'stop', 'restart', 'terminate'] as const
export type Action = (typeof actionNames)[number]

const allowed: Readonly<Record<PodStatus, readonly Action[]>> = {
  PROVISIONING: ['stop', 'terminate'],
  STARTING: ['stop', 'terminate'],
  RUNNING: ['stop', 'restart', 'terminate'],
  EXITED: ['start', 'terminate'],
  ERROR: ['start', 'terminate'],
  TERMINATED: [],
}

export function actionsOf({ status }: FakePod): readonly Action[] {
  return allowed[status]
}

export const hostIsFull = 'There are not enough free GPUs on the host machine to start this pod.'

/** Does it, at once or after the time that the traps name; refuses as REST v2 does. */
export function act(account: Account, pod: FakePod, action: Action): void {
  if (!allowed[pod.status].includes(action)) {
    throw new Refusal(409, `action ${action} is not valid for a pod that is ${pod.status}`)
  }
  if (pod.locked && (action === 'stop' || action === 'restart')) throw new Refusal(409, 'the pod is locked')
  if (account.traps.ignoresActions) return
  doings[action](account, pod)
}

const doings: Readonly<Record<Action, (account: Account, pod: FakePod) => void>> = {
  start(account, pod) {
    mustHaveRoom(account, hostIsFull)
    const nowMs = account.nowMs()
    pod.starts += 1
    pod.startedMs = nowMs
    pod.containerMs = nowMs
    pod.gpuCount = account.traps.startsWithoutGpu ? 0 : pod.gpu.count
    later(account, pod, account.traps.startingMs, 'RUNNING', 'Resumed by User')
    if (account.traps.startingMs > 0) pod.status = 'STARTING'
  },
  stop: (account, pod) => later(account, pod, account.traps.stoppingMs, 'EXITED', 'Exited by User'),
  restart(account, pod) {
    pod.containerMs = account.nowMs()
  },
  terminate: (account, pod) => become(pod, 'TERMINATED', `Terminated by User: ${when(account)}`),
}

function later(account: Account, pod: FakePod, afterMs: number, status: PodStatus, why: string): void {
  const text = `${why}: ${when(account)}`
  if (afterMs === 0) become(pod, status, text)
  else {
    pod.pending = { status, atMs: account.nowMs() + afterMs }
    pod.lastStatusChange = text
  }
}

function when(account: Account): string {
  return new Date(account.nowMs()).toUTCString()
}
