import { isSafe } from './endpoint.ts'
import type { Errand } from './errand.ts'
import { exchange } from './exchange.ts'
import type { HubFetchOptions } from './fetch-options.ts'
import { redact } from './redact.ts'
import { RequestFailure } from './request-failure.ts'
import { askedDelay } from './retry-delay.ts'

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
    const response = await exchange(
      at,
      { ...init, headers: headersFor(at, url, init, options) },
      errand,
      options,
    )
    const location = response.headers.get('location')
    if (response.status < 300) return response
    if (response.status >= 400 || location === null || redirects === mostRedirects) {
      throw await failureOf(response, options.token)
    }
    const next = new URL(location, at)
    if (!isSafe(next))
      throw new RequestFailure(`leads to ${next.origin}, which is not encrypted`, {
        status: response.status,
      })
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
