import type { Logger } from 'pino'
import { runCommand } from './commands.ts'
import { newEventLog } from './event-log.ts'
import type { EventBody, ServiceEventBody } from './events.ts'
import type { LogBook } from './log-book.ts'
import type { PodView } from './pod.ts'
import { redactDeep } from './redact.ts'
import { initialStatus, reduce } from './reduce.ts'
import type { Service } from './service.ts'
import { checkGraph } from './start-order.ts'
import type { PodStatus } from './status.ts'
import { type Recorder, stopInOrder } from './stop-in-order.ts'
import { aborted } from './time.ts'
import type { Timings } from './timings.ts'
import { newTurns } from './turns.ts'
import { newUnit, type Unit, type UnitEnvironment } from './unit.ts'

export interface PodOptions {
  readonly version: string
  readonly timings: Timings
  readonly log: Logger
  readonly book: LogBook
  readonly redact: (text: string) => string
  /** Stopped by command only with force. */
  readonly guarded: readonly string[]
  /** 0 to 1, for the jitter of restarts. */
  readonly random?: () => number
}

export interface Pod extends PodView {
  /** Adds a fact to the list that status, events and log are made from. */
  emit(event: EventBody): void
  /** Supervises until `shutdown`; settles when everything has ended in order. Throws for an impossible order. */
  run(services: readonly Service[], recorder?: Recorder): Promise<void>
  /** Ends everything at once. */
  killAll(reason: string): void
}

/** The supervisor: one list of facts, one status made from it, and one unit for each service. */
export function newPod(options: PodOptions): Pod {
  const { timings, log, book, redact } = options
  const events = newEventLog((body) => redactDeep(body, redact))
  const stopping = new AbortController()
  const killing = new AbortController()
  /** Commands to one service come one after the other; a slow one holds up no other service. */
  const inTurn = newTurns(timings.stopGraceMs)
  const units = new Map<string, Unit>()
  let status: PodStatus = initialStatus([])
  let beforeStopSeq = 0
  events.listen((event) => {
    status = reduce(status, event)
  })

  const until = (holds: (now: PodStatus) => boolean, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal.aborted || holds(status)) return resolve()
      const over = new AbortController()
      signal.addEventListener('abort', () => resolve(), { once: true, signal: over.signal })
      const check = () => {
        if (!holds(status)) return
        over.abort()
        resolve()
      }
      events.listen(check, AbortSignal.any([over.signal, signal]))
    })

  const environmentOf = (name: string): UnitEnvironment => ({
    ...{ timings, redact, until },
    log: log.child({ service: name }),
    leadMs: timings.leadMs,
    random: options.random ?? Math.random,
    podStopping: stopping.signal,
    killAll: killing.signal,
    status: () => status,
    emit: (event: ServiceEventBody) => events.emit({ ...event, service: name }),
    lastLines: () => book.lines(name, 20).map((line) => line.text),
  })

  return {
    emit: events.emit,
    status: () => status,
    eventsAfter: events.after,
    onEvent: events.listen,
    logLines: book.lines,
    onLogLine: book.listen,
    command: (command, service, { force, graceMs, reason }) =>
      inTurn(service, (overdue) =>
        runCommand(command, service, force, {
          ...{ status: () => status, until, podStopping: stopping.signal },
          patience: AbortSignal.any([stopping.signal, overdue]),
          ...{ stopGraceMs: graceMs ?? timings.stopGraceMs, reason: reason ?? `podctl ${command}` },
          guarded: options.guarded,
          unit: (name) => units.get(name),
        }),
      ),
    shutdown(reason) {
      if (stopping.signal.aborted) return
      beforeStopSeq = status.seq
      events.emit({ type: 'pod-stopping', reason })
      stopping.abort()
    },
    killAll(reason) {
      events.emit({ type: 'pod-killing', reason })
      killing.abort()
    },
    async run(services, recorder) {
      checkGraph(services)
      if (stopping.signal.aborted) return events.emit({ type: 'pod-stopped', tookMs: 0 }) // asked to stop during the boot
      status = { ...initialStatus(services), warnings: status.warnings }
      events.emit({ type: 'pod-started', version: options.version, pid: process.pid })
      for (const service of services) units.set(service.name, newUnit(service, environmentOf(service.name)))
      const lives = new Map([...units.values()].map((unit): [Unit, Promise<void>] => [unit, unit.live()]))
      await aborted(stopping.signal)
      await stopInOrder(lives, {
        ...{ timings, recorder, events, killing: killing.signal },
        status: () => status,
        stopEvents: () => events.after(beforeStopSeq) ?? [],
      })
    },
  }
}
