/** What clients of RunPod have fallen into; each may be switched while the stand-in runs. */
export interface Traps {
  /** Actions are answered with 200 and change nothing. */
  ignoresActions: boolean
  /** How long a new pod is PROVISIONING, a started one STARTING, and one that is to stop still RUNNING. */
  startingMs: number
  stoppingMs: number
  /** Nobody has a free GPU: create and start are refused with 400, in words. */
  isFull: boolean
  /** A start gives a pod without any GPU. */
  startsWithoutGpu: boolean
  /** Reading a pod that is gone: 404, or a pod that is TERMINATED. */
  terminatedReads: 'not-found' | 'TERMINATED'
  /** GraphQL records a terminated pod as EXITED; without this `pod` answers null. */
  terminatedLooksStopped: boolean
  /** `runtime` is null although the pod runs; or is still there although it stopped. */
  losesRuntime: boolean
  keepsRuntime: boolean
  /** Whether the pod's own key may read it, and stop it, by REST v2. */
  podKeyReads: boolean
  podKeyStops: boolean
  /** The edge refuses what libraries call themselves, too (`node`, `undici`, `Python-urllib`). */
  refusesLibraries: boolean
  /** Error texts repeat the Authorization header. */
  echoesKey: boolean
  /** GraphQL calls the types of its inputs other than clients think. */
  renamesInputs: boolean
  /** What /v1 answers: 410, or 403 to the pod's own key as it did before. */
  v1: 'retired' | 'alive'
}

export const usualTraps: Traps = {
  ignoresActions: false,
  startingMs: 0,
  stoppingMs: 0,
  isFull: false,
  startsWithoutGpu: false,
  terminatedReads: 'not-found',
  terminatedLooksStopped: false,
  losesRuntime: false,
  keepsRuntime: false,
  podKeyReads: true,
  podKeyStops: true,
  refusesLibraries: false,
  echoesKey: false,
  renamesInputs: false,
  v1: 'retired',
}
