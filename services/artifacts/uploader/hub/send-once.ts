import { CountedBlob } from './counted-blob.ts'
import { isSafe } from './endpoint.ts'
import type { Errand } from './errand.ts'
import type { HubFetchOptions } from './fetch-options.ts'
import { unreadable } from './read-local.ts'
import { redact } from './redact.ts'
import { RequestFailure } from './request-failure.ts'
import { askedDelay } from './retry-delay.ts'
import { stallAfter } from './stall.ts'

const mostRedirects = 5

/** One request and its whole answer, redirects followed; rejects like HubFetch. */
export async function sendOnce(
  url: URL,
  init: RequestInit,
  errand: Errand,
  options: HubFetchOptions,
): Promise<Response> {
  let at = url
  for (let redirects = 0; ; redirects += 1) {
    const response = await exchange(at, headersFor(at, url, init, options), init, errand, options)
    const location = response.headers.get('location')
    if (response.status < 300) return response
    if (response.status >= 400 || location === null || redirects === mostRedirects) {
      throw await failureOf(response, options.token)
    }
    const next = new URL(location, at)
    if (!isSafe(next)) throw new RequestFailure(`leads to ${next.origin}, which is not encrypted`, response)
    at = next
  }
}

/** Those of the library and our own; the token stays with the host that it is meant for. */
function headersFor(at: URL, first: URL, init: RequestInit, { userAgent }: HubFetchOptions): Headers {
  const headers = new Headers(init.headers)
  headers.set('User-Agent', userAgent)
  if (at.origin !== first.origin) headers.delete('Authorization')
  return headers
}

async function exchange(
  url: URL,
  headers: Headers,
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
    // A redirected POST would become a GET if fetch followed it.
    const response = await fetch(url, {
      ...init,
      headers,
      ...(body !== undefined && { body }),
      signal: AbortSignal.any(ends),
      redirect: 'manual',
    })
    const content = await response.arrayBuffer()
    if (!response.ok) onBytes?.(-sent)
    const { status, headers: answered } = response
    return new Response(content.byteLength === 0 ? null : content, { status, headers: answered })
  } catch (error) {
    onBytes?.(-sent)
    signal.throwIfAborted()
    init.signal?.throwIfAborted()
    if (body instanceof CountedBlob && body.problem !== undefined) throw unreadable(body.problem, path)
    if (stall.signal.aborted)
      throw new RequestFailure(`${url.host} let ${timing.stallMs / 1000} s pass without a sign`)
    throw new RequestFailure(redact(`${url.host} cannot be reached: ${innermost(error)}`, token), {
      cause: error,
    })
  }
}

async function failureOf(response: Response, token: string): Promise<RequestFailure> {
  const { status, headers } = response
  const text = await response.text()
  return new RequestFailure(redact(messageIn(text, headers), token), {
    status,
    code: headers.get('x-error-code') ?? undefined,
    retryAfterMs: askedDelay(headers, Date.now()),
  })
}

/** What the answer says in words: in its header, in its JSON, or as it is. */
function messageIn(text: string, headers: Headers): string {
  const said = headers.get('x-error-message')
  if (said) return said
  try {
    const { error, message } = Object(JSON.parse(text))
    if (error ?? message) return String(error ?? message)
  } catch {
    // Not JSON: a proxy or the storage speaks.
  }
  return text.slice(0, 300).replace(/\s+/g, ' ').trim() || 'nothing more'
}

/** The message at the bottom, such as `connect ECONNREFUSED 127.0.0.1:1`; fetch's own says only `fetch failed`. */
function innermost(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : innermost(error.cause)
}
