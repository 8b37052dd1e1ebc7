import type { IncomingHttpHeaders } from 'node:http'
import type { z } from 'zod'
import type { Account } from './account.ts'
import type { Caller } from './keys.ts'
import { Refusal } from './refusal.ts'

/** One request on its way through. */
export interface Call {
  readonly account: Account
  readonly caller: Caller
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  readonly podId: string
  /** The body as JSON; undefined without one. */
  readonly body: unknown
}

/** What is answered; no body when neither is given. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly text?: string
}

/** The body in a known shape; anything else is refused with 422. */
export function parsedBody<T>(body: unknown, shape: z.ZodType<T>): T {
  const result = shape.safeParse(body)
  if (result.success) return result.data
  const errors = result.error.issues.map(({ path, message }) => `$.${path.join('.')}: ${message}`)
  throw new Refusal(422, 'Request validation failed.', errors)
}
