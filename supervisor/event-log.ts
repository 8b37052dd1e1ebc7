import type { EventBody, PodEvent } from './events.ts'
import { monotonicMs } from './time.ts'

export interface EventLog {
  /** Numbers and stamps one fact, keeps it and tells every listener, in order. */
  emit(body: EventBody): void
  /** Events after `seq`, oldest first; undefined when some of them are no longer kept, overtaken reports aside. */
  after(seq: number): readonly PodEvent[] | undefined
  listen(listener: (event: PodEvent) => void, signal?: AbortSignal): void
}

/** The one list of what happened: everything that is shown is made from it. Nothing secret gets in. */
export function newEventLog(redacted: (body: EventBody) => EventBody, capacity = 2000): EventLog {
  const kept: PodEvent[] = []
  /** The newest that is no longer kept; a report that a newer one of its service has overtaken is not missed. */
  let goneSeq = 0
  const listeners = new Set<(event: PodEvent) => void>()
  /** An event that is emitted by a listener is told after the one at hand, so that all see the same order. */
  const untold: PodEvent[] = []
  const tellAll = () => {
    for (let event = untold[0]; event; event = untold[0]) {
      for (const listener of [...listeners]) tellOne(listener, event)
      untold.shift()
    }
  }
  let seq = 0
  return {
    emit(body) {
      seq += 1
      const event: PodEvent = { ...redacted(body), seq, at: Date.now(), ms: monotonicMs() }
      dropOvertaken(kept, event)
      kept.push(event)
      if (kept.length > capacity) goneSeq = kept.shift()?.seq ?? goneSeq
      untold.push(event)
      if (untold.length === 1) tellAll()
    },
    after(from) {
      if (from > seq || from < goneSeq) return undefined
      const last = kept.findLastIndex((event) => event.seq <= from)
      return kept.slice(last + 1)
    },
    listen(listener, signal) {
      if (signal?.aborted) return
      listeners.add(listener)
      signal?.addEventListener('abort', () => listeners.delete(listener), { once: true })
    },
  }
}

/** Services that report every few seconds must not push out what happened. */
function dropOvertaken(kept: PodEvent[], news: PodEvent): void {
  if (news.type !== 'report') return
  const at = kept.findLastIndex((event) => event.type === 'report' && event.service === news.service)
  if (at >= 0) kept.splice(at, 1)
}

/** A listener that throws is an internal error, but the others, the status above all, must not miss an event for it. */
function tellOne(listener: (event: PodEvent) => void, event: PodEvent): void {
  try {
    listener(event)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
