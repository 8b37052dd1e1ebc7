import { eventText } from '../../supervisor/event-text.ts'
import type { PodEvent } from '../../supervisor/events.ts'
import type { PodStatus } from '../../supervisor/status.ts'
import type { Call } from './call.ts'
import { follow } from './follow.ts'
import { harmless } from './terminal.ts'

/** Prints the status in a line, then every event as it happens; goes on where it was when the connection breaks. */
export function events({ options, terminal, connect }: Call): Promise<number> {
  let lastId: string | undefined
  return follow(connect, terminal, {
    path: () => (lastId === undefined ? '/events' : `/events?after=${encodeURIComponent(lastId)}`),
    onEvent({ id, event, data }) {
      lastId = id ?? lastId
      terminal.out(options.json ? data : harmless(eventLine(event, JSON.parse(data))))
    },
  })
}

/** One event of the stream as a line. Pure. */
export function eventLine(type: string | undefined, data: unknown): string {
  if (type === 'snapshot') return snapshotLine(data as PodStatus) // what the route sends under this name
  const event = data as PodEvent // likewise
  const who = 'service' in event ? event.service : 'podmate'
  return `${new Date(event.at).toISOString().slice(11, 23)} #${event.seq} ${who}: ${eventText(event)}`
}

function snapshotLine({ seq, state, services }: PodStatus): string {
  const states = Object.values(services).map((service) => `${service.name} ${service.state}`)
  return `status at #${seq}: podmate is ${state}; ${states.join(', ')}`
}
