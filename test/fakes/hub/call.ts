import type { IncomingHttpHeaders } from 'node:http'
import type { ZodType } from 'zod'
import type { Account } from './accounts.ts'
import type { BlobStore } from './blob-store.ts'
import type { Effect } from './faults.ts'
import { Refusal } from './refusal.ts'
import type { LogEntry } from './request-log.ts'
import type { Repo } from './state.ts'
import type { Upload } from './uploads.ts'
import type { Window } from './window.ts'

/** How the stand-in behaves; every figure may be set for a test. */
export interface HubLimits {
  /** LFS objects above this are sent in parts. */
  readonly multipartAboveBytes: number
  readonly partBytes: number
  /** Files above this are LFS objects whatever their name. */
  readonly regularMaxBytes: number
  readonly commitMaxBytes: number
  readonly pageSize: number
  /** Commits that are let through within a window of this length; more are refused with 429. */
  readonly commitsPerWindow: number
  readonly commitWindowSeconds: number
  /** API requests that are let through within a window of this length; more are refused with 429. */
  readonly requestsPerWindow: number
  readonly requestWindowSeconds: number
}

/** All that a stand-in knows; it outlives a restart. */
export interface HubState {
  readonly limits: HubLimits
  readonly accounts: Map<string, Account>
  readonly repos: Map<string, Repo>
  readonly uploads: Map<string, Upload>
  readonly blobs: BlobStore
  readonly commitWindow: Window
  readonly requestWindow: Window
}

/** One request on its way through. */
export interface Call {
  readonly state: HubState
  /** The address of the stand-in, as its clients know it. */
  readonly base: string
  /** Where its storage is: another host, as with the Hub, so that clients keep the token to themselves. */
  readonly storage: string
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  readonly params: Readonly<Record<string, string | undefined>>
  readonly account: Account | undefined
  readonly entry: LogEntry
  readonly effect: Effect | undefined
  /** The body as it comes; may be read once. */
  chunks(): AsyncIterable<Buffer>
}

/** What is answered: JSON, or the bytes of a file of the store. */
export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly blob?: string
}

/** The whole body. Refuses with 413 what is longer than `maxBytes`. */
export async function bodyOf(call: Call, maxBytes = 100_000_000): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of call.chunks()) {
    length += chunk.length
    if (length <= maxBytes) chunks.push(chunk)
  }
  if (length > maxBytes) throw new Refusal(413, 'Payload too large')
  return Buffer.concat(chunks)
}

/** The body as JSON of a known shape; anything else is refused with 400. */
export async function jsonOf<T>(call: Call, shape: ZodType<T>): Promise<T> {
  return parse((await bodyOf(call)).toString(), shape)
}

export function parse<T>(text: string, shape: ZodType<T>): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Refusal(400, 'Invalid JSON')
  }
  const parsed = shape.safeParse(value)
  if (!parsed.success) throw new Refusal(400, `Invalid input: ${parsed.error.message}`)
  return parsed.data
}
