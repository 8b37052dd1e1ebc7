import type { JsonObject } from '../../supervisor/service.ts'

/** An error that http answers as `application/problem+json`; the message is the `detail` sentence. */
export class RequestProblem extends Error {
  readonly statusCode: number
  readonly title: string
  readonly extra: JsonObject
  readonly retryAfterSeconds?: number
  /** For metrics: the request was wrong, was turned away, or the model failed to answer it. */
  readonly outcome: 'invalid' | 'rejected' | 'failed'

  constructor(statusCode: number, title: string, detail: string, more: ProblemExtras = {}) {
    super(detail)
    this.name = 'RequestProblem'
    this.statusCode = statusCode
    this.title = title
    this.extra = more.extra ?? {}
    this.outcome = more.outcome ?? (statusCode < 500 ? 'invalid' : 'rejected')
    if (more.retryAfterSeconds !== undefined) this.retryAfterSeconds = more.retryAfterSeconds
  }
}

interface ProblemExtras {
  readonly extra?: JsonObject
  readonly retryAfterSeconds?: number
  readonly outcome?: 'rejected' | 'failed'
}

/**
 * 503 with Retry-After: 1, because a restart of the model host takes about a second. `failed`: the model was asked and
 * gave no answer, instead of being too busy or not there.
 */
export function unavailable(detail: string, outcome: 'rejected' | 'failed' = 'rejected'): RequestProblem {
  return new RequestProblem(503, 'Inference is not available', detail, { retryAfterSeconds: 1, outcome })
}
