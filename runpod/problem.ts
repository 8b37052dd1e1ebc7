/** What can be done about it; see `problem-texts.ts` for the remedies. */
export type RunpodProblemKind =
  | 'capacity'
  | 'auth'
  | 'not-found'
  | 'conflict'
  | 'rate-limited'
  | 'validation'
  | 'retired'
  | 'transient'
  | 'unknown'

/** What else is known of a problem. */
export interface ProblemDetails {
  /** HTTP status; absent when no answer came. */
  readonly status?: number | undefined
  /** How long RunPod wants to be left alone; at most an hour. */
  readonly retryAfterMs?: number | undefined
}

/** RunPod did not do what it was asked. The message is plain text with the remedy in it and holds no secret. */
export class RunpodProblem extends Error {
  readonly kind: RunpodProblemKind
  readonly status?: number
  readonly retryAfterMs?: number

  constructor(kind: RunpodProblemKind, message: string, { status, retryAfterMs }: ProblemDetails = {}) {
    // Never with a cause: that of a broken answer holds what came of it, and so perhaps the key.
    super(message)
    this.name = 'RunpodProblem'
    this.kind = kind
    if (status !== undefined) this.status = status
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs
  }
}
