import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Answer } from './call.ts'

/** Sends an answer with the headers that RunPod puts on all of them. */
export function sendAnswer(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, headersOf(answer)).end(textOf(answer))
}

/** Announces the whole answer, sends half of it and resets the connection. */
export async function sendHalf(response: ServerResponse, answer: Answer): Promise<void> {
  const text = textOf(answer) ?? ''
  const length = { 'Content-Length': Buffer.byteLength(text) }
  response.writeHead(answer.status, { ...headersOf(answer), ...length })
  response.write(text.slice(0, text.length / 2), () => response.socket?.resetAndDestroy())
}

/** Sends bytes until the client goes. */
export async function sendFlood(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'application/json' })
  // The client goes in the middle of it, which is the purpose.
  await pipeline(Readable.from(spaces()), response).catch(() => undefined)
}

function* spaces(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(1 << 16, 32)
}

function headersOf({ status, headers, json }: Answer): Record<string, string> {
  const kind = status < 400 ? 'application/json' : 'application/problem+json'
  return {
    RateLimit: '"minute";r=59;t=60, "hour";r=2999;t=3600',
    'RateLimit-Policy': '"minute";q=60;w=60, "hour";q=3000;w=3600',
    ...(json !== undefined && { 'Content-Type': kind }),
    ...headers,
  }
}

function textOf({ json, text }: Answer): string | undefined {
  return json === undefined ? text : JSON.stringify(json)
}
