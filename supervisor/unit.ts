import { awaitLeads, type LeadsEnvironment } from './leads.ts'
import { decide, newHistory } from './restart.ts'
import { type RunEnvironment, type RunOutcome, runOnce } from './run-once.ts'
import type { Service } from './service.ts'
import { monotonicMs, pause } from './time.ts'

export interface UnitEnvironment extends RunEnvironment, LeadsEnvironment {
  readonly random: () => number
  /** The last 20 lines that the service wrote. */
  lastLines(): readonly string[]
  /** Aborts when everything is to be killed at once. */
  readonly killAll: AbortSignal
}

/** One service under supervision. Its state lives in the status; here is only what is wanted and what runs. */
export interface Unit {
  readonly service: Service
  /** Supervises until `retire`; settles when the service has ended for good. */
  live(): Promise<void>
  /** Wants it to run, with a clean history, now. */
  start(): void
  /** Wants it not to run; settles when it does not. KILL after `graceMs`. */
  stop(reason: string, graceMs: number): Promise<void>
  /** `stop`, and it never starts again. */
  retire(reason: string, graceMs: number): Promise<void>
}

export function newUnit(service: Service, environment: UnitEnvironment): Unit {
  const { emit, timings } = environment
  let wanted = !service.disabled
  let retired = false
  let history = newHistory
  let attempt = 0
  /** Aborted to interrupt whatever the loop waits for: leads, a delay, or being wanted again. */
  let wake = new AbortController()
  let run: { stop: AbortController; kill: AbortController; ended: Promise<RunOutcome> } | undefined

  const policy = service.restart ?? (service.kind === 'task' ? 'on-failure' : 'always')
  const interrupt = () => {
    wake.abort()
    wake = new AbortController()
  }
  const idle = () => pause(2 ** 31 - 1, wake.signal)

  const runOnceMore = async () => {
    attempt += 1
    emit({ type: 'starting', attempt })
    const startedMs = monotonicMs()
    const stop = new AbortController()
    const kill = new AbortController()
    const signals = { stop: stop.signal, kill: AbortSignal.any([kill.signal, environment.killAll]) }
    run = { stop, kill, ended: runOnce(service, environment, signals) }
    const { ending, left, disabled } = await run.ended
    run = undefined
    emit({ type: 'ended', ending, lastLines: environment.lastLines() })
    if (stop.signal.aborted) return emit({ type: 'stopped', left })
    if (disabled !== undefined) {
      wanted = false
      return emit({ type: 'disabled', reason: disabled })
    }
    const verdict = decide(
      { ending, startedMs, endedMs: monotonicMs() },
      policy,
      history,
      timings,
      environment.random(),
    )
    if (verdict.type === 'completed' || verdict.type === 'failed') {
      wanted = false
      return emit(
        verdict.type === 'completed' ? { type: 'completed' } : { type: 'failed', reason: ending.reason },
      )
    }
    history = verdict.history
    const { delayMs, type } = verdict
    const { failures } = history
    emit(
      type === 'crashloop' ? { type, retryMs: delayMs, failures } : { type: 'restarting', delayMs, failures },
    )
    await pause(delayMs, wake.signal)
    if (!wanted) emit({ type: 'stopped', left: [] })
  }

  const live = async () => {
    if (service.disabled) emit({ type: 'disabled', reason: service.disabled })
    while (!retired) {
      if (!wanted) {
        await idle()
        continue
      }
      const { signal } = wake
      await awaitLeads(service, environment, signal)
      if (wanted && !signal.aborted) await runOnceMore()
      else if (!wanted) emit({ type: 'stopped', left: [] })
    }
  }

  const stop = async (reason: string, graceMs: number) => {
    wanted = false
    const current = run
    if (!current) return interrupt()
    emit({ type: 'stopping', reason })
    current.stop.abort()
    const over = new AbortController()
    void pause(graceMs, over.signal).then(() => {
      if (over.signal.aborted) return
      emit({ type: 'killing', reason: `not ended ${Math.round(graceMs)} ms after it was asked to` })
      current.kill.abort()
    })
    await current.ended
    over.abort()
  }

  return {
    service,
    live,
    start() {
      if (service.disabled || retired) return
      history = newHistory
      wanted = true
      interrupt()
    },
    stop,
    async retire(reason, graceMs) {
      retired = true
      await stop(reason, graceMs)
      interrupt()
    },
  }
}
