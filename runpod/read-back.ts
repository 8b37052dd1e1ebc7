import type { RunpodClient } from './client.ts'
import { RunpodProblem } from './problem.ts'

/** What RunPod says has become of a pod; `unknown` when it does not say. */
export interface ReadBack {
  readonly fate: 'running' | 'stopped' | 'gone' | 'unknown'
  readonly said: string
}

/** Asks whether the pod still runs, and so still costs its full rate. Never rejects. */
export async function readBack(client: RunpodClient, podId: string, signal: AbortSignal): Promise<ReadBack> {
  try {
    const { status } = await client.get(podId, signal)
    return { fate: fateOf(status), said: `RunPod says that the pod is ${status}` }
  } catch (error) {
    const isGone = error instanceof RunpodProblem && error.kind === 'not-found'
    return { fate: isGone ? 'gone' : 'unknown', said: messageOf(error) }
  }
}

/** Whether RunPod says that the pod has stopped or is gone; false also when it does not answer. Never rejects. */
export async function isStopped(client: RunpodClient, podId: string, signal: AbortSignal): Promise<boolean> {
  const { fate } = await readBack(client, podId, signal)
  return fate === 'stopped' || fate === 'gone'
}

function fateOf(status: string): ReadBack['fate'] {
  if (status === 'EXITED') return 'stopped'
  return status === 'TERMINATED' ? 'gone' : 'running'
}

function messageOf(error: unknown): string {
  return error instanceof RunpodProblem ? error.message : 'The question was called off.'
}
