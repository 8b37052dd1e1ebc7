import { CountedBlob } from './counted-blob.ts'
import type { Errand } from './errand.ts'
import type { HubFetchOptions } from './fetch-options.ts'
import { unreadable } from './read-local.ts'
import { redact } from './redact.ts'
import { RequestFailure } from './request-failure.ts'
import { stallAfter } from './stall.ts'

/**
 * One request and its whole answer, whatever its status; redirects are not followed. Rejects when there is no answer,
 * when nothing moves any more, and when the file that is sent cannot be read.
 */
export async function exchange(
  url: URL,
  init: RequestInit,
  { signal, onBytes, path }: Errand,
  { timing, token }: HubFetchOptions,
): Promise<Response> {
  using stall = stallAfter(timing.stallMs)
  let sent = 0
  const count = (bytes: number) => {
    sent += bytes
    stall.moved()
    onBytes?.(bytes)
  }
  const body = init.body instanceof Blob ? new CountedBlob(init.body, count) : init.body
  const ends = [signal, stall.signal, ...(init.signal ? [init.signal] : [])]
  try {
    const whole = { ...init, ...(body !== undefined && { body }), signal: AbortSignal.any(ends) }
    const response = await fetchOnce(url, whole, () => count(-sent))
    const content = await response.arrayBuffer()
    if (!response.ok) onBytes?.(-sent)
    const { status, headers } = response
    return new Response(content.byteLength === 0 ? null : content, { status, headers })
  } catch (error) {
    onBytes?.(-sent)
    signal.throwIfAborted()
    init.signal?.throwIfAborted()
    if (body instanceof CountedBlob && body.problem !== undefined) throw unreadable(body.problem, path)
    const { host } = url
    if (stall.signal.aborted) {
      throw new RequestFailure(`${host} let ${timing.stallMs / 1000} s pass without a sign`)
    }
    throw new RequestFailure(redact(`${host} cannot be reached: ${innermost(error)}`, token), {
      cause: error,
    })
  }
}

/** fetch that follows nothing: a redirected POST would become a GET. */
async function fetchOnce(url: URL, init: RequestInit, onAgain: () => void): Promise<Response> {
  if (!(init.body instanceof Blob)) return fetch(url, { ...init, redirect: 'manual' })
  try {
    // Where a redirect could follow, fetch keeps all that it has sent of the body in memory.
    return await fetch(url, { ...init, redirect: 'error', window: null })
  } catch (error) {
    if (innermost(error) !== 'unexpected redirect') throw error
    onAgain()
    return fetch(url, { ...init, redirect: 'manual' })
  }
}

/** The message at the bottom, such as `connect ECONNREFUSED 127.0.0.1:1`; fetch's own says only `fetch failed`. */
function innermost(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : innermost(error.cause)
}
