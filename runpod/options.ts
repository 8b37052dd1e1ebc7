/** How RunPod is asked. */
export interface RunpodOptions {
  /** Account key, or the pod's own; travels in the Authorization header and nowhere else. */
  readonly key: string
  /** `/v2/...` is appended; one that ends in `/v2` is taken as it is meant. */
  readonly restUrl?: string
  /** A query in it is not sent. */
  readonly graphqlEndpoint?: string
  /** Of podmate, for the User-Agent: without one RunPod's edge answers 403. */
  readonly version: string
  /** Takes the place of both GraphQL texts that stop a pod; see `stop-mutation.ts`. */
  readonly stopMutation?: string | undefined
  /** How long one request may take with its whole answer. */
  readonly timeoutMs?: number
  readonly timing?: RunpodTiming
}

/** Pauses between tries of one request; a parameter, so that a test can run at 1/100 scale. */
export interface RunpodTiming {
  /** How often a request is tried in all. */
  readonly tries: number
  /** Pause before the second try; doubles with each. */
  readonly firstPauseMs: number
  /** A RunPod that asks for more than this is not waited for here: the problem says how long it wants. */
  readonly patienceMs: number
}

export const usualTiming: RunpodTiming = { tries: 3, firstPauseMs: 500, patienceMs: 5000 }
export const usualTimeoutMs = 30_000
export const usualRestUrl = 'https://api.runpod.io'
export const usualGraphqlEndpoint = 'https://api.runpod.io/graphql'
