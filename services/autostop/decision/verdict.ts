/** Why a pod is stopped, the most compelling reason last: `asked` is somebody's word. */
export const stopCauses = ['idle', 'finished', 'lifetime', 'budget', 'asked'] as const
export type StopCause = (typeof stopCauses)[number]

/** What is to be done now, and why in plain sentences, the most important one first. Times are monotonic milliseconds. */
export type Verdict =
  | {
      readonly kind: 'running'
      readonly because: readonly string[]
      /** When the pod would be stopped if nothing changes; undefined: never, as things stand. */
      readonly stopsAtMs: number | undefined
      readonly cause: StopCause | undefined
    }
  | {
      readonly kind: 'countdown'
      readonly because: readonly string[]
      readonly stopsAtMs: number
      readonly cause: StopCause
    }
  | { readonly kind: 'stopping'; readonly because: readonly string[]; readonly cause: StopCause }
