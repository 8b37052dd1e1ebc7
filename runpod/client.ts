import { z } from 'zod'
import { graphqlAddress, restAddress } from './addresses.ts'
import type { Ask } from './exchange.ts'
import {
  type RunpodOptions,
  usualGraphqlEndpoint,
  usualRestUrl,
  usualTimeoutMs,
  usualTiming,
} from './options.ts'
import { graphqlPod, type Pod, type PodState, podState, restPod } from './pod.ts'
import { checkedPodId } from './pod-id.ts'
import { RunpodProblem } from './problem.ts'
import { runpodProblem } from './problem-texts.ts'
import { readGraphql, readRest } from './read-answer.ts'
import { send } from './send.ts'
import type { GraphqlText } from './stop-mutation.ts'

/** One request to REST v2: `['pods', id]` is `/v2/pods/{id}`. A part that is empty is refused before any request. */
export interface RestRequest<T> {
  readonly method: Ask['method']
  readonly path: readonly string[]
  readonly query?: Readonly<Record<string, string>>
  readonly body?: object
  readonly schema: z.ZodType<T>
  readonly doing: string
}

/** One request to GraphQL; the schema is that of `data`. */
export interface GraphqlRequest<T> extends GraphqlText {
  readonly schema: z.ZodType<T>
  readonly isRead: boolean
  readonly doing: string
}

/** Asks RunPod. Everything rejects with a RunpodProblem, which never holds the key, or with the reason of `signal`. */
export interface RunpodClient {
  readonly stopMutation: string | undefined
  request<T>(request: RestRequest<T>, signal: AbortSignal): Promise<T>
  graphql<T>(request: GraphqlRequest<T>, signal: AbortSignal): Promise<T>
  /** By REST v2, or by GraphQL when v2 does not answer this key. */
  get(podId: string, signal: AbortSignal): Promise<Pod>
  start(podId: string, signal: AbortSignal): Promise<PodState>
  stop(podId: string, signal: AbortSignal): Promise<PodState>
  terminate(podId: string, signal: AbortSignal): Promise<void>
}

export function runpodClient(options: RunpodOptions): RunpodClient {
  const { key, version, restUrl = usualRestUrl, graphqlEndpoint = usualGraphqlEndpoint } = options
  const { timeoutMs = usualTimeoutMs, timing = usualTiming, stopMutation } = options
  const wire = { key, userAgent: `podmate/${version}`, timeoutMs, timing }

  const request: RunpodClient['request'] = async ({ method, path, query, body, schema, doing }, signal) => {
    checkKey(key)
    const ask: Ask = { method, url: restAddress(restUrl, path, query), body }
    return send(
      { ask, read: (answer) => readRest(answer, schema), isRead: method === 'GET', doing },
      signal,
      wire,
    )
  }
  const graphql: RunpodClient['graphql'] = async ({ query, variables, schema, isRead, doing }, signal) => {
    checkKey(key)
    const ask: Ask = { method: 'POST', url: graphqlAddress(graphqlEndpoint), body: { query, variables } }
    return send({ ask, read: (answer) => readGraphql(answer, schema), isRead, doing }, signal, wire)
  }
  const act = async <T>(podId: string, action: string, schema: z.ZodType<T>, signal: AbortSignal) => {
    const path = ['pods', checkedPodId(podId), 'action']
    const doing = `The action ${action} of REST v2`
    return request({ method: 'POST', path, body: { action }, schema, doing }, signal)
  }
  return {
    stopMutation,
    request,
    graphql,
    async get(podId, signal) {
      const path = ['pods', checkedPodId(podId)]
      try {
        const doing = 'Reading the pod by REST v2'
        return await request({ method: 'GET', path, schema: restPod, doing }, signal)
      } catch (error) {
        if (!isWorthAskingGraphql(error)) throw error
        return await getByGraphql(graphql, podId, signal)
      }
    },
    start: (podId, signal) => act(podId, 'start', podState, signal),
    stop: (podId, signal) => act(podId, 'stop', podState, signal),
    async terminate(podId, signal) {
      await act(podId, 'terminate', podState.optional(), signal)
    },
  }
}

/** Only what a Bearer token may be made of: anything else fails inside fetch, with the key in the text. */
function checkKey(key: string): void {
  if (key === '') throw runpodProblem('noKey', 'RUNPOD_API_KEY is not set')
  if (/^[\w.~+/=-]+$/.test(key)) return
  throw runpodProblem('badKey', 'RUNPOD_API_KEY has characters in it that no key has')
}

function isWorthAskingGraphql(error: unknown): boolean {
  return error instanceof RunpodProblem && !['not-found', 'validation'].includes(error.kind)
}

async function getByGraphql(
  graphql: RunpodClient['graphql'],
  podId: string,
  signal: AbortSignal,
): Promise<Pod> {
  const fields = '{ id desiredStatus costPerHr lastStartedAt lastStatusChange }'
  const query = `query { pod(input: { podId: "${podId}" }) ${fields} }`
  const schema = z.object({ pod: graphqlPod })
  const { pod } = await graphql({ query, schema, isRead: true, doing: 'Reading the pod by GraphQL' }, signal)
  if (pod === null) throw runpodProblem('gone', 'RunPod knows no such pod', { status: 200 })
  return pod
}
