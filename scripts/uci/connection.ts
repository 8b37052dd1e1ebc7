import http from 'node:http'
import https from 'node:https'
import { text } from 'node:stream/consumers'
import type { Place } from '../podctl/client.ts'
import { NoAnswer } from './no-answer.ts'
import { refusal } from './refusal.ts'

/** A podmate that is asked again and again: the way to it stays open between two moves. */
export interface Connection {
  /** Where it leads, for people; without a token. */
  readonly name: string
  /** The body of a 200, as JSON; rejects with NoAnswer, or with the reason of `signal`. */
  post(path: string, body: object, signal: AbortSignal): Promise<unknown>
  close(): void
}

// podmate answers everything within 30 s, and so do proxies.
const silentMs = 35_000

/** Opens nothing yet. */
export function connection(place: Place): Connection {
  const name = 'socketPath' in place ? place.socketPath : place.url.origin
  const agent = newAgent(place)
  return {
    name,
    close: () => agent.destroy(),
    async post(path, body, signal) {
      const content = Buffer.from(JSON.stringify(body))
      const options = {
        method: 'POST',
        agent,
        signal,
        timeout: silentMs,
        headers: headersFor(place, content),
      }
      const request = begin(place, path, options)
      request.once('timeout', () => request.destroy(new Error('no answer in time')))
      try {
        return await answerTo(request, content)
      } catch (error) {
        signal.throwIfAborted()
        throw error instanceof NoAnswer ? error : unreachable(name, error)
      }
    },
  }
}

function newAgent(place: Place): http.Agent {
  return new (isSecure(place) ? https : http).Agent({ keepAlive: true })
}

function isSecure(place: Place): boolean {
  return 'url' in place && place.url.protocol === 'https:'
}

function headersFor(place: Place, content: Buffer): http.OutgoingHttpHeaders {
  const token = 'token' in place ? place.token : undefined
  return {
    'content-type': 'application/json',
    'content-length': content.length,
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  }
}

function begin(place: Place, path: string, options: http.RequestOptions): http.ClientRequest {
  if ('socketPath' in place) return http.request({ ...options, socketPath: place.socketPath, path })
  return (isSecure(place) ? https : http).request(new URL(`.${path}`, place.url), options)
}

async function answerTo(request: http.ClientRequest, content: Buffer): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>()
  request.once('response', resolve).on('error', reject)
  request.end(content)
  const response = await promise
  const body = parsed(await text(response))
  const { statusCode = 0, headers } = response
  if (statusCode === 200) return body
  throw refusal(statusCode, headers, body)
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

function unreachable(name: string, error: unknown): NoAnswer {
  const reason = error instanceof Error ? error.message || ('code' in error && error.code) : error
  return new NoAnswer(`podmate does not answer at ${name}: ${reason}`, 'soon', { cause: error })
}
