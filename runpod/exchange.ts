import { runpodProblem } from './problem-texts.ts'

/** What every request carries, and how long it may take. */
export interface Wire {
  readonly key: string
  readonly userAgent: string
  readonly timeoutMs: number
}

/** A request as it goes out; `body` as JSON. */
export interface Ask {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: URL
  readonly body?: object | undefined
}

/** An answer whatever its status. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Far above all answers of RunPod; a longer one is not read to its end. */
const mostBytes = 4 << 20

/**
 * One request and its whole answer; redirects are not followed. Rejects with a problem when there is none within the
 * time, and with the reason of `signal`. The texts may hold what the network said: whoever calls takes the key out.
 */
export async function exchange(ask: Ask, signal: AbortSignal, wire: Wire): Promise<Answer> {
  const late = AbortSignal.timeout(wire.timeoutMs)
  try {
    const response = await fetch(ask.url, {
      method: ask.method,
      headers: headersFor(ask, wire),
      redirect: 'manual',
      signal: AbortSignal.any([signal, late]),
      ...(ask.body !== undefined && { body: JSON.stringify(ask.body) }),
    })
    const { status, headers } = response
    return { status, headers, text: await boundedText(response) }
  } catch (error) {
    signal.throwIfAborted()
    const { host } = ask.url
    if (late.aborted)
      throw runpodProblem('transient', `${host} gave no whole answer in ${wire.timeoutMs / 1000} s`)
    if (error instanceof TooLong) {
      throw runpodProblem('foreign', `${host} answered with more than ${mostBytes} bytes`)
    }
    throw runpodProblem('transient', `${host} cannot be reached: ${innermost(error)}`)
  }
}

class TooLong extends Error {}

function headersFor({ body }: Ask, { key, userAgent }: Wire): Record<string, string> {
  return {
    Authorization: `Bearer ${key}`,
    'User-Agent': userAgent,
    Accept: 'application/json, application/problem+json',
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
  }
}

async function boundedText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > mostBytes) throw new TooLong()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** What the bottom error says, such as `connect ECONNREFUSED 127.0.0.1:1`; fetch's own is only `fetch failed`. */
function innermost(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause !== undefined) return innermost(error.cause)
  // Several addresses were tried: the error of all has a code and no text.
  return error.message || String('code' in error ? error.code : error.name)
}
