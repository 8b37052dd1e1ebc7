import { setTimeout as pause } from 'node:timers/promises'
import type { OpeningMove } from '../../../test/fixtures/inference/model-for.ts'
import type { Finding, Line } from '../line.ts'
import { askingClients, type Heard } from './asking-clients.ts'
import { type ModelPod, modelPod } from './model-pod.ts'

const moves: readonly OpeningMove[] = ['e2e4', 'd2d4', 'c2c4', 'g1f3']

export interface SwapLoad {
  readonly requests: number
  readonly clients: number
  readonly swaps: number
  readonly kills: number
}

/** Full size: 10,000 requests at 16 clients, 20 swaps, 5 kills. */
export const swap: Line = {
  title: 'swap',
  check: () => swapUnderLoad({ requests: 10_000, clients: 16, swaps: 20, kills: 5 }),
}

/** Puts one model after the other into the folder of a pod that is asked without a pause, and kills its host between. */
export async function swapUnderLoad({
  requests,
  clients,
  swaps,
  kills,
}: SwapLoad): Promise<readonly Finding[]> {
  const pod = await modelPod()
  const over = new AbortController()
  const { heard, ended } = askingClients(pod, clients, over.signal)
  try {
    const took: number[] = []
    let lost = 0
    let refusedBefore = 0
    for (let at = 0; at < swaps; at += 1) {
      refusedBefore = heard.unavailable
      took.push(await swapOnce(pod, at))
      lost += heard.unavailable - refusedBefore
      if (Math.floor(((at + 1) * kills) / swaps) > Math.floor((at * kills) / swaps)) await killHost(pod)
    }
    while (heard.answers < requests) await pause(50)
    over.abort()
    await ended
    return [...judged(heard, { requests, swaps, kills }), ...times(took, lost)]
  } finally {
    over.abort()
    await ended
    await pod.end()
  }
}

/** Gives the milliseconds from the file's being there to its being served. */
async function swapOnce(pod: ModelPod, at: number): Promise<number> {
  const path = pod.put(`${at}-${moves[at % moves.length]}.pt`, moves[at % moves.length] ?? 'e2e4')
  const since = performance.now()
  await pod.until(({ model_path }) => model_path === path)
  return performance.now() - since
}

async function killHost(pod: ModelPod): Promise<void> {
  const { generation } = await pod.until(({ generation: now }) => now !== null)
  process.kill(await pod.hostPid(), 'SIGKILL')
  await pod.until(({ generation: now }) => now > generation)
}

function judged(heard: Heard, { requests, swaps, kills }: Omit<SwapLoad, 'clients'>): readonly Finding[] {
  const { answers, unavailable, failures, wrong, generations } = heard
  return [
    {
      fact: `${answers} answers while the model was swapped ${swaps} times and its host killed ${kills} times`,
      holds: answers >= requests,
    },
    { fact: `${wrong.length} wrong answers${examples(wrong)}`, holds: wrong.length === 0 },
    { fact: `${failures.length} failures${examples(failures)}`, holds: failures.length === 0 },
    { fact: `${unavailable} times 503 with Retry-After`, holds: kills > 0 || unavailable === 0 },
    { fact: `${generations.size} generations answered`, holds: generations.size >= swaps },
  ]
}

function times(took: readonly number[], lost: number): readonly Finding[] {
  const slowest = Math.max(...took) / 1000
  return [
    { fact: `served at most ${slowest.toFixed(1)} s after it was there`, holds: slowest <= 5 },
    { fact: `${lost} requests refused during swaps`, holds: lost === 0 },
  ]
}

function examples(list: readonly string[]): string {
  return list.length === 0 ? '' : ` (${list.slice(0, 3).join('; ')})`
}
