import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { problem, problemBody } from './problem.ts'

const answers: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'the headers of this request are longer than 16 KB'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request did not arrive in time; send it again'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'the chunk extensions of this request are too long'],
}

/** Answers what never became a request (not HTTP, absurd headers, too slow) and closes the connection. */
export function refuseBadRequest(
  error: Error & { readonly code?: string },
  socket: Duplex,
  busy: boolean,
): void {
  // While an answer is being written a second one would only corrupt it.
  if (error.code === 'ECONNRESET' || !socket.writable || busy) {
    socket.destroy()
    return
  }
  const [status, detail] = answers[error.code ?? ''] ?? [400, 'this is not a well-formed HTTP request']
  const body = JSON.stringify(problemBody(problem(status, detail)))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
