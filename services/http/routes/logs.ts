import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { LogLine, PodView } from '../../../supervisor/pod.ts'
import type { RouteContext } from '../route-context.ts'
import { serviceNamed } from '../service-named.ts'
import type { EventStream } from '../streams/event-stream.ts'
import { eventStream } from '../streams/event-stream.ts'
import { countStreams } from '../streams/stream-count.ts'

type LogRequest = FastifyRequest<{
  Params: { service?: string }
  Querystring: { lines?: string; follow?: string }
}>
const defaultLines = 100

/** /logs and /logs/:service: the last lines, and with `follow=1` every further one. */
export function logRoutes(app: FastifyInstance, context: RouteContext): void {
  const { pod } = context.options
  const enter = countStreams()
  const answer = (request: LogRequest, reply: FastifyReply) => {
    const { service } = request.params
    if (service !== undefined) serviceNamed(pod.status(), service)
    const lines = pod.logLines(service, Number(request.query.lines ?? defaultLines))
    if (request.query.follow !== '1') return { lines }
    const leave = enter()
    const stream = eventStream(request, reply, context)
    stream.ended.addEventListener('abort', leave, { once: true })
    follow(pod, stream, lines, service)
    return undefined
  }
  app.get('/logs', { config: { access: 'read' }, schema: logsSchema }, answer)
  app.get(
    '/logs/:service',
    { config: { access: 'read' }, schema: { ...logsSchema, params: paramsSchema } },
    answer,
  )
}

// What a slow reader misses is counted and said, not kept.
function follow(
  pod: PodView,
  stream: EventStream,
  lines: readonly LogLine[],
  service: string | undefined,
): void {
  let skipped = 0
  for (const line of lines) stream.send({ event: 'line', data: line })
  const tell = (line: LogLine) => {
    if (service !== undefined && line.service !== service) return
    if (stream.full()) skipped += 1
    else stream.send({ event: 'line', data: line })
  }
  pod.onLogLine(tell, stream.ended)
  stream.onRoom(() => {
    if (skipped > 0) stream.send({ event: 'skipped', data: { lines: skipped } })
    skipped = 0
  })
}

const paramsSchema = {
  type: 'object',
  required: ['service'],
  properties: { service: { type: 'string', description: 'Name of a service' } },
}

const logsSchema = {
  summary: 'The last log lines',
  description:
    'With `follow=1` Server-Sent Events: `line` (LogLine) for each, `skipped` {lines} when the reader was too slow.',
  tags: ['pod'],
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      lines: { type: 'string', pattern: '^(\\d{1,3}|1000)$', title: 'a whole number from 0 to 1000' },
      follow: { type: 'string', enum: ['0', '1'] },
    },
  },
  response: {
    200: {
      description: 'Oldest first',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['lines'],
            properties: { lines: { type: 'array', items: { $ref: 'LogLine#' } } },
          },
        },
        'text/event-stream': { schema: { type: 'string' } },
      },
    },
  },
}
