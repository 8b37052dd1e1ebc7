import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RouteContext } from '../route-context.ts'

export interface StreamEvent {
  readonly id?: string
  readonly event: string
  readonly data: unknown
}

/** One client that is being told things as they happen (Server-Sent Events). */
export interface EventStream {
  /** Aborts when the client has left, was dropped, or the server ends. */
  readonly ended: AbortSignal
  /** True while the client reads more slowly than it is told: wait for `onRoom`. */
  full(): boolean
  send(event: StreamEvent): void
  /** Called each time the client has caught up. */
  onRoom(listener: () => void): void
}

/**
 * Takes the answer over as an event stream. A client that reads nothing for `stallMs` is dropped; one that is there
 * when the pod goes down is told so by an `end` event.
 */
export function eventStream(
  request: FastifyRequest,
  reply: FastifyReply,
  { timings, podStopping, stop }: RouteContext,
): EventStream {
  const { heartbeatMs, stallMs } = timings
  reply.hijack()
  const { raw } = reply
  const headers = Object.entries({ ...reply.getHeaders(), ...streamHeaders })
  for (const [name, value] of headers) if (value !== undefined) raw.setHeader(name, value)
  raw.writeHead(200)
  const over = new AbortController()
  let stalled: NodeJS.Timeout | undefined
  const write = (text: string) => {
    if (raw.destroyed || raw.writableEnded || raw.write(text)) return
    stalled ??= setTimeout(() => raw.destroy(), stallMs)
  }
  raw.on('drain', () => {
    clearTimeout(stalled)
    stalled = undefined
  })
  const heartbeat = setInterval(() => write(':\n\n'), heartbeatMs)
  const end = () => raw.end(podStopping.aborted ? eventText(farewell) : undefined)
  stop.addEventListener('abort', end, { once: true })
  raw.on('error', () => raw.destroy()) // the client has gone while we wrote
  raw.once('close', () => {
    clearInterval(heartbeat)
    clearTimeout(stalled)
    stop.removeEventListener('abort', end)
    over.abort()
  })
  write('retry: 1000\n\n')
  if (request.method === 'HEAD' || stop.aborted) end()
  return {
    ended: over.signal,
    full: () => stalled !== undefined,
    send: (event) => write(eventText(event)),
    onRoom: (listener) => raw.on('drain', listener),
  }
}

// Tells a reader that it need not come back: after any other end it should.
const farewell: StreamEvent = { event: 'end', data: { reason: 'podmate is going down' } }

// `no-transform` and `x-accel-buffering` keep proxies from holding events back.
const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}

function eventText({ id, event, data }: StreamEvent): string {
  const lines = [
    ...(id === undefined ? [] : [`id: ${id}`]),
    `event: ${event}`,
    `data: ${JSON.stringify(data)}`,
  ]
  return `${lines.join('\n')}\n\n`
}
