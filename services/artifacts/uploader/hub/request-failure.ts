interface Details {
  readonly status?: number | undefined
  readonly code?: string | undefined
  readonly retryAfterMs?: number | undefined
  readonly cause?: unknown
}

/** One request that came to nothing: refused (it has a status), or never answered. `says` holds no secret. */
export class RequestFailure extends Error {
  readonly says: string
  /** HTTP status; absent when no answer came. */
  readonly status: number | undefined
  /** X-Error-Code of the Hub, such as `RepoNotFound`. */
  readonly code: string | undefined
  /** How long the Hub wants to be left alone. */
  readonly retryAfterMs: number | undefined

  constructor(says: string, { cause, status, code, retryAfterMs }: Details = {}) {
    super(says, cause === undefined ? {} : { cause })
    this.name = 'RequestFailure'
    this.says = says
    this.status = status
    this.code = code
    this.retryAfterMs = retryAfterMs
  }

  /** Whether the same request may well succeed a little later. */
  get isPassing(): boolean {
    if (this.status === undefined) return true
    // Two who make the same repository, or commit to it, at the same moment.
    if (this.status === 409) return /conflicting operation|in progress/i.test(this.says)
    return this.status === 408 || this.status === 429 || (this.status >= 500 && this.status !== 507)
  }

  /** Whether the Hub may have done what was asked, although it did not say so. */
  get isUncertain(): boolean {
    return this.isPassing && this.status !== 429
  }
}
