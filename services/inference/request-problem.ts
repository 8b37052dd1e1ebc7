import type { JsonObject } from '../../supervisor/service.ts'

/** An error that http answers as `application/problem+json`; the message is the `detail` sentence. */
export class RequestProblem extends Error {
  readonly statusCode: number
  readonly title: string
  readonly extra: JsonObject
  readonly retryAfterSeconds?: number

  constructor(statusCode: number, title: string, detail: string, more: ProblemExtras = {}) {
    super(detail)
    this.name = 'RequestProblem'
    this.statusCode = statusCode
    this.title = title
    this.extra = more.extra ?? {}
    if (more.retryAfterSeconds !== undefined) this.retryAfterSeconds = more.retryAfterSeconds
  }
}

interface ProblemExtras {
  readonly extra?: JsonObject
  readonly retryAfterSeconds?: number
}

/** 503 with Retry-After: 1, because a restart of the model host takes about a second. */
export function unavailable(detail: string): RequestProblem {
  return new RequestProblem(503, 'Inference is not available', detail, { retryAfterSeconds: 1 })
}
