import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Answer, HubState } from './call.ts'
import { Refusal } from './refusal.ts'
import type { LogEntry } from './request-log.ts'

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly entry: LogEntry
}

/** Sends an answer with the headers that the Hub puts on all of them; of a file only the range that was asked for. */
export async function sendAnswer(
  { state, log }: { readonly state: HubState; readonly log: readonly LogEntry[] },
  { request, response, entry }: Exchange,
  { status = 200, headers = {}, json, blob }: Answer,
): Promise<void> {
  const common = { ...limitHeaders(state), 'X-Request-Id': `Root=1-${String(log.length).padStart(8, '0')}` }
  entry.status = status
  if (blob === undefined) {
    const text = json === undefined ? '' : JSON.stringify(json)
    const kind = {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(text),
    }
    response.writeHead(status, { ...common, ...kind, ...headers }).end(text)
    return
  }
  const file = state.blobs.path(blob)
  const size = await sizeOf(file)
  const { start, end } = rangeOf(request.headers.range, size)
  const partial = request.headers.range !== undefined
  entry.status = partial ? 206 : status
  response.writeHead(entry.status, {
    ...common,
    'Content-Type': 'application/octet-stream',
    'Accept-Ranges': 'bytes',
    'Content-Length': end - start,
    ...(partial && { 'Content-Range': `bytes ${start}-${end - 1}/${size}` }),
    ...headers,
  })
  if (request.method === 'HEAD' || end === start) response.end()
  else await pipeline(createReadStream(file, { start, end: end - 1 }), response)
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch (cause) {
    throw Object.assign(new Refusal(404, 'No such object'), { cause })
  }
}

function rangeOf(header: string | undefined, size: number): { readonly start: number; readonly end: number } {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(header ?? '') ?? []
  if (first === undefined) return { start: 0, end: size }
  const end = last ? Math.min(Number(last) + 1, size) : size
  return { start: Math.min(Number(first), end), end }
}

function limitHeaders({ limits, requestWindow }: HubState): Record<string, string> {
  const { requestsPerWindow, requestWindowSeconds } = limits
  return {
    RateLimit: `"api";r=${Math.max(0, requestWindow.left())};t=${requestWindow.resetsIn()}`,
    'RateLimit-Policy': `"fixed window";"api";q=${requestsPerWindow};w=${requestWindowSeconds}`,
  }
}
