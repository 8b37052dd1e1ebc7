import { type RunpodClient, runpodClient } from '../runpod/client.ts'
import type { Pod } from '../runpod/pod.ts'
import { runpodProblem } from '../runpod/problem-texts.ts'
import { readBack } from '../runpod/read-back.ts'
import { stopPod } from '../runpod/stop-ladder.ts'
import type { MoneyOptions } from '../services/autostop/money/money.ts'
import type { PodFacts } from '../services/autostop/money/settle-gaps.ts'
import type { Stopper } from '../services/autostop/stop/stop-tools.ts'
import type { Setup } from './run-pod.ts'

/** How this pod is seen and stopped from inside by the API of RunPod. */
export interface PodOnRunpod {
  readonly stopper: Stopper
  /** What RunPod tells of this pod; absent where it cannot be asked. */
  readonly facts: MoneyOptions['askPlatform']
}

export function podOnRunpod({ environment, version }: Pick<Setup, 'environment' | 'version'>): PodOnRunpod {
  const { autostop, platform } = environment.values
  const key = autostop?.RUNPOD_API_KEY ?? ''
  const podId = platform?.RUNPOD_POD_ID ?? ''
  const impossible = whyImpossible(key, podId)
  const client = runpodClient({
    ...{ key, version },
    ...(autostop && { restUrl: autostop.RUNPOD_REST_URL, graphqlEndpoint: autostop.RUNPOD_GRAPHQL_ENDPOINT }),
    stopMutation: autostop?.RUNPOD_STOP_MUTATION,
  })
  return {
    stopper: { ...stopperFor(client, podId), impossible },
    facts: impossible === undefined ? async (signal) => factsOf(await client.get(podId, signal)) : undefined,
  }
}

/** What matters of a pod for its bill; its run is named by when it began, to the second. */
function factsOf({ costPerHour, startedMs }: Pod): PodFacts {
  if (startedMs === undefined) return { costPerHour }
  return { costPerHour, run: String(Math.round(startedMs / 1000)), ranMs: Date.now() - startedMs }
}

/** Stops a pod by a client that may do so. */
export function stopperFor(client: RunpodClient, podId: string): Stopper {
  return {
    impossible: undefined,
    async stop(verb, signal) {
      const outcome = await stopPod(client, podId, verb, signal)
      if (outcome.stopped) return { stopped: true, how: outcome.how }
      const { message, retryAfterMs } = outcome.problem
      return { stopped: false, problem: message, ...(retryAfterMs !== undefined && { retryAfterMs }) }
    },
    async standing(signal) {
      const { fate } = await readBack(client, podId, signal)
      if (fate === 'unknown') return undefined
      return fate === 'running' ? 'running' : 'stopped'
    },
  }
}

function whyImpossible(key: string, podId: string): string | undefined {
  if (podId === '') return runpodProblem('podId', 'RUNPOD_POD_ID is not set').message
  return key === '' ? runpodProblem('noKey', 'RUNPOD_API_KEY is not set').message : undefined
}
