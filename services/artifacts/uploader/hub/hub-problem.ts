/** What can be done about it: wait, ask the user, look again, or take the file out. */
export type ProblemKind =
  | 'retry-later'
  | 'auth'
  | 'not-found'
  | 'quota'
  | 'too-large'
  | 'conflict'
  | 'changed-file'
  | 'bad-request'

/** What else is known of a problem. */
export interface ProblemDetails {
  /** When the Hub said so: how long to wait before it is asked again. */
  readonly retryAfterMs?: number | undefined
  /** The absolute path of the one file that it is about. */
  readonly path?: string | undefined
  readonly cause?: unknown
}

/** An upload that did not go through. The message is a sentence for the user with the remedy in it, without any secret. */
export class HubProblem extends Error {
  readonly kind: ProblemKind
  readonly retryAfterMs?: number
  readonly path?: string

  constructor(kind: ProblemKind, message: string, { cause, retryAfterMs, path }: ProblemDetails = {}) {
    super(message, cause === undefined ? {} : { cause })
    this.name = 'HubProblem'
    this.kind = kind
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs
    if (path !== undefined) this.path = path
  }
}
