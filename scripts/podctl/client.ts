import http from 'node:http'
import https from 'node:https'
import { text } from 'node:stream/consumers'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { exitCodes, PodctlError } from './exit-codes.ts'

/** Where a podmate is reached: its control socket, or an address with a token. */
export type Place =
  | { readonly socketPath: string }
  | { readonly url: URL; readonly token: string | undefined }

export interface Answer {
  readonly status: number
  readonly body: unknown
}

export interface Client {
  readonly place: Place
  /** One request. Rejects with exit 3 when nobody answers there (any more). */
  request(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer>
  /** The body of a GET that has to succeed; throws exit 1 with the server's sentence otherwise. */
  get(path: string): Promise<unknown>
  /** The events of a stream until it breaks; rejects like `get` when it does not begin. */
  stream(path: string): AsyncGenerator<EventSourceMessage>
}

const answerMs = 35_000
// A heartbeat comes every 15 s: three missed ones are a dead connection.
const silentMs = 45_000
const commandMs = 620_000

/** Speaks HTTP to the podmate at `place`. */
export function client(place: Place): Client {
  const open = (method: string, path: string, body?: object) => openRequest(place, method, path, body)
  const get = async (path: string) => successful(await readAnswer(await open('GET', path)))
  return {
    place,
    request: async (method, path, body) => readAnswer(await open(method, path, body)),
    get,
    async *stream(path) {
      const response = await open('GET', path)
      if (response.statusCode !== 200) successful(await readAnswer(response))
      response.socket.setTimeout(silentMs, () => response.destroy())
      yield* eventsOf(response)
    },
  }
}

async function* eventsOf(response: http.IncomingMessage): AsyncGenerator<EventSourceMessage> {
  const arrived: EventSourceMessage[] = []
  const parser = createParser({ onEvent: (event) => arrived.push(event) })
  response.setEncoding('utf8')
  try {
    for await (const chunk of response) {
      parser.feed(String(chunk))
      yield* arrived.splice(0)
    }
  } catch {
    // The connection broke: whoever reads decides whether to connect again.
  }
}

function openRequest(
  place: Place,
  method: string,
  path: string,
  body?: object,
): Promise<http.IncomingMessage> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const headers = {
    ...(text === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    ...('token' in place && place.token !== undefined ? { authorization: `Bearer ${place.token}` } : {}),
  }
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>()
  const options: http.RequestOptions = {
    method,
    headers,
    agent: false,
    timeout: method === 'POST' ? commandMs : answerMs,
  }
  const request = begin(place, path, options, resolve)
  request.once('timeout', () => request.destroy(new Error('no answer in time')))
  request.once('error', (error) => reject(unreachable(place, error)))
  request.end(text)
  return promise
}

function begin(
  place: Place,
  path: string,
  options: http.RequestOptions,
  onResponse: (response: http.IncomingMessage) => void,
): http.ClientRequest {
  if ('socketPath' in place)
    return http.request({ ...options, socketPath: place.socketPath, path }, onResponse)
  const address = new URL(`.${path}`, place.url)
  return (address.protocol === 'https:' ? https : http).request(address, options, onResponse)
}

async function readAnswer(response: http.IncomingMessage): Promise<Answer> {
  const body = await text(response).catch(() => '')
  return { status: response.statusCode ?? 0, body: parsed(body) }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

function successful({ status, body }: Answer): unknown {
  if (status >= 200 && status < 300) return body
  throw new PodctlError(exitCodes.notTrue, detailOf({ status, body }))
}

/** The server's own sentence about why it refused. */
export function detailOf({ status, body }: Answer): string {
  if (typeof body === 'object' && body !== null) {
    if ('detail' in body) return String(body.detail)
    if ('message' in body) return String(body.message)
  }
  return `podmate answered with status ${status}`
}

function unreachable(place: Place, error: Error): PodctlError {
  const where = 'socketPath' in place ? place.socketPath : place.url.origin
  return new PodctlError(exitCodes.notHere, `podmate does not answer at ${where}: ${error.message}`, {
    cause: error,
  })
}
