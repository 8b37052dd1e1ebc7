import { z } from 'zod'
import type { RunpodClient } from './client.ts'
import { checkedPodId } from './pod-id.ts'
import { customStop, type GraphqlText, inlineForm, inputForm } from './stop-mutation.ts'

export type StopVerb = 'stop' | 'terminate'

/** One way to ask; resolves with what RunPod said, rejects with a RunpodProblem or the reason of the signal. */
export interface Rung {
  readonly rung: string
  climb(podId: string, signal: AbortSignal): Promise<string>
}

/** The ways to stop or terminate a pod, in the order in which they are tried. */
export function rungsFor(client: RunpodClient, verb: StopVerb): readonly Rung[] {
  const { stopMutation } = client
  const byGraphql =
    verb === 'stop' && stopMutation !== undefined
      ? [graphqlRung(client, 'GraphQL (RUNPOD_STOP_MUTATION)', anyData, (id) => customStop(stopMutation, id))]
      : [
          graphqlRung(client, 'GraphQL (input object)', answers[verb], (id) => inputForm(verb, id)),
          graphqlRung(client, 'GraphQL (inline)', answers[verb], (id) => inlineForm(verb, id)),
        ]
  return [restRung(client, verb), ...byGraphql]
}

function restRung(client: RunpodClient, verb: StopVerb): Rung {
  return {
    rung: 'REST v2',
    async climb(podId, signal) {
      if (verb === 'stop') return `the pod is ${(await client.stop(podId, signal)).status}`
      await client.terminate(podId, signal)
      return 'the pod is terminated'
    },
  }
}

/** `podTerminate` answers null when all went well, `podStop` with the pod. */
const answers = {
  stop: z
    .object({ podStop: z.object({ desiredStatus: z.string() }) })
    .transform(({ podStop }) => `the pod is to be ${podStop.desiredStatus}`),
  terminate: z.looseObject({}).transform(() => 'the pod is terminated'),
} satisfies Record<StopVerb, z.ZodType<string>>

/** A text of the user's own selects what it likes. */
const anyData = z.looseObject({}).transform(() => 'RunPod made no objection')

function graphqlRung(
  client: RunpodClient,
  rung: string,
  schema: z.ZodType<string>,
  textFor: (podId: string) => GraphqlText,
): Rung {
  return {
    rung,
    async climb(podId, signal) {
      const text = textFor(checkedPodId(podId))
      return client.graphql({ ...text, schema, isRead: false, doing: rung }, signal)
    },
  }
}
