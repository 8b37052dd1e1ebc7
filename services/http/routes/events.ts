import type { FastifyInstance, FastifyRequest } from 'fastify'
import { eventLevel, eventText } from '../../../supervisor/event-text.ts'
import type { PodView } from '../../../supervisor/pod.ts'
import type { RouteContext } from '../route-context.ts'
import type { EventStream } from '../streams/event-stream.ts'
import { eventStream } from '../streams/event-stream.ts'
import { eventId, resumePoint } from '../streams/resume-point.ts'
import { countStreams } from '../streams/stream-count.ts'

interface EventsQuery {
  Querystring: { after?: string; told?: '1' }
}

interface Place {
  /** The last event that the reader knows. */
  readonly after: number | undefined
  /** Only what is worth telling a person, as a sentence and with its level. */
  readonly toldOnly: boolean
}

/** /events: the status once, then every event, numbered; resumable with the id of the last one that was read. */
export function eventRoutes(app: FastifyInstance, context: RouteContext): void {
  const { pod } = context.options
  const enter = countStreams()
  app.get<EventsQuery>('/events', { config: { access: 'read' }, schema: eventsSchema }, (request, reply) => {
    const leave = enter()
    const after = resumePoint(lastId(request), pod.status())
    const stream = eventStream(request, reply, context)
    stream.ended.addEventListener('abort', leave, { once: true })
    follow(pod, stream, { after, toldOnly: request.query.told === '1' })
  })
}

function lastId(request: FastifyRequest<EventsQuery>): string | undefined {
  const header = request.headers['last-event-id']
  return typeof header === 'string' ? header : request.query.after
}

// The pod keeps the events, a client is only a place in them: nothing is buffered for whoever reads slowly, and who
// falls behind what is kept gets the status anew.
function follow(pod: PodView, stream: EventStream, { after, toldOnly }: Place): void {
  let last = after
  let scheduled = false
  const { startedAt } = pod.status()
  const catchUp = () => {
    scheduled = false
    while (!stream.full() && !stream.ended.aborted) {
      const events = last === undefined ? undefined : pod.eventsAfter(last)
      if (events?.length === 0) return
      if (events === undefined) last = sendSnapshot(pod, stream)
      for (const event of events ?? []) {
        if (stream.full()) break
        last = event.seq
        const level = toldOnly ? eventLevel(event) : undefined
        if (toldOnly && level === undefined) continue
        const data = toldOnly ? { ...event, level, text: eventText(event) } : event
        stream.send({ id: eventId(startedAt, event.seq), event: 'event', data })
      }
    }
  }
  const wake = () => {
    if (scheduled) return
    scheduled = true
    setImmediate(catchUp)
  }
  pod.onEvent(wake, stream.ended)
  stream.onRoom(wake)
  catchUp()
}

function sendSnapshot(pod: PodView, stream: EventStream): number {
  const status = pod.status()
  stream.send({ id: eventId(status.startedAt, status.seq), event: 'snapshot', data: status })
  return status.seq
}

const eventsSchema = {
  summary: 'The status, then every event as it happens',
  description:
    'Server-Sent Events: one `snapshot` (PodStatus), then every `event` (PodEvent). To resume, send the last id as ' +
    'Last-Event-ID or `after`: what was missed follows while it is kept, else a new snapshot. Of the reports of a ' +
    'service that were missed only the newest follows.',
  tags: ['pod'],
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      after: {
        type: 'string',
        pattern: '^\\d{1,15}(@\\d{1,15})?$',
        title: 'the id of an event, like 17@1763773200000',
      },
      told: {
        type: 'string',
        enum: ['1'],
        description: 'Only events that are worth telling a person, with `level` and a sentence in `text`.',
      },
    },
  },
  response: {
    200: {
      description: 'An endless stream',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
  },
}
