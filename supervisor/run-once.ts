import type { Logger } from 'pino'
import { CannotRunHere, endingOf, ProcessesLeft } from './ending.ts'
import type { Ending, ServiceEventBody } from './events.ts'
import { markOf } from './process-tree.ts'
import type { JsonObject, Service, ServiceContext } from './service.ts'
import { aborted, pause } from './time.ts'
import type { Timings } from './timings.ts'

const reportLimitBytes = 16 * 1024

/** What a run needs from the pod around it. */
export interface RunEnvironment {
  readonly timings: Timings
  readonly log: Logger
  readonly redact: (text: string) => string
  readonly podStopping: AbortSignal
  emit(event: ServiceEventBody): void
}

export interface RunSignals {
  readonly stop: AbortSignal
  readonly kill: AbortSignal
}

export interface RunOutcome {
  readonly ending: Ending
  /** Pids that could not be ended. */
  readonly left: readonly number[]
  /** Why it cannot run here at all. */
  readonly disabled?: string
}

/** One run of a service from start to end: the only catch around a service's code. Never rejects. */
export async function runOnce(
  service: Service,
  environment: RunEnvironment,
  signals: RunSignals,
): Promise<RunOutcome> {
  const over = new AbortController()
  const context = contextOf(service, environment, signals, over.signal)
  try {
    const run = Promise.resolve().then(() => service.run(context))
    const ignored = aborted(signals.kill)
      .then(() => pause(environment.timings.killWaitMs * 2, over.signal))
      .then(() => Promise.reject(new Error('did not end when it was killed')))
    await Promise.race([run, ignored])
    return { ending: endingOf({}), left: [] }
  } catch (error) {
    const disabled = error instanceof CannotRunHere ? { disabled: error.message } : {}
    return {
      ending: endingOf({ error }),
      ...disabled,
      left: error instanceof ProcessesLeft ? error.pids : [],
    }
  } finally {
    over.abort()
  }
}

/** What the run may say counts only while it lasts: `over` silences a run that talks on after its end. */
function contextOf(
  service: Service,
  environment: RunEnvironment,
  signals: RunSignals,
  over: AbortSignal,
): ServiceContext {
  const { timings, log, redact, podStopping, emit } = environment
  const tell = (event: ServiceEventBody) => {
    if (!over.aborted) emit(event)
  }
  const tellChange = onChange(tell)
  return {
    podStopping,
    ...signals,
    log,
    ready: () => tellChange({ type: 'ready' }),
    notReady: (reason) => tellChange({ type: 'not-ready', reason }),
    report: reporter(service.name, tell),
    notice: (level, text) => tell({ type: 'notice', level, text }),
    program: { mark: markOf(service.name), timings, redact, tell },
  }
}

/** Passes on only what differs from the last time. */
function onChange(tell: (event: ServiceEventBody) => void) {
  let last = ''
  return (event: ServiceEventBody) => {
    const text = JSON.stringify(event)
    if (text !== last) tell(event)
    last = text
  }
}

function reporter(name: string, tell: (event: ServiceEventBody) => void) {
  const tellChange = onChange(tell)
  return (details: JsonObject) => {
    if (Buffer.byteLength(JSON.stringify(details)) > reportLimitBytes) {
      throw new RangeError(`${name} reported more than ${reportLimitBytes} bytes of details`)
    }
    tellChange({ type: 'report', details })
  }
}
