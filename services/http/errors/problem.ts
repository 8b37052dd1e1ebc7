import { STATUS_CODES } from 'node:http'
import type { JsonObject } from '../../../supervisor/service.ts'

/** What any handler may throw: an error whose `message` is a sentence for the client. */
export interface HttpProblem extends Error {
  readonly statusCode: number
  readonly title?: string
  readonly retryAfterSeconds?: number
  /** Further fields of the answer. */
  readonly extra?: JsonObject
}

export interface ProblemOptions {
  readonly title?: string
  readonly retryAfterSeconds?: number
  readonly extra?: JsonObject
  readonly cause?: unknown
}

/** An error that is answered as problem+json: `detail` is a sentence that names the thing and the remedy. */
export function problem(statusCode: number, detail: string, options: ProblemOptions = {}): HttpProblem {
  const { cause, ...fields } = options
  return Object.assign(new Error(detail, { cause }), { statusCode, ...fields })
}

/** The body of a problem+json answer (RFC 9457). */
export function problemBody(thrown: HttpProblem): JsonObject {
  const status = thrown.statusCode
  const title = thrown.title ?? STATUS_CODES[status] ?? 'Error'
  return { type: 'about:blank', title, status, detail: thrown.message, ...thrown.extra }
}
