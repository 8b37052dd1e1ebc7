import { readiness } from '../../../supervisor/readiness.ts'
import type { PodStatus } from '../../../supervisor/status.ts'
import { monotonicMs } from '../../../supervisor/time.ts'
import { decide } from '../decision/decide.ts'
import type { DecisionInput } from '../decision/decision-input.ts'
import type { StopCause } from '../decision/verdict.ts'
import type { AutostopOptions } from '../options.ts'
import type { AutostopSettings } from '../settings.ts'
import type { Reading, SignalName } from '../signal.ts'
import type { AutostopState } from './autostop-state.ts'
import { readSignals } from './read-signals.ts'
import type { WatchBook } from './watch-book.ts'

type Readings = ReadonlyMap<SignalName, Reading>

/** Services for people; whether podmate's own plumbing is ready says nothing about whether the pod can be used. */
const forPeople = ['sshd', 'jupyter', 'inference', 'trainer']

/** Reads all signals and decides; the state in the book is then that of this moment. */
export async function look(
  options: AutostopOptions,
  book: WatchBook,
  stop: AbortSignal,
): Promise<AutostopState> {
  const readings = await readSignals(options.signals, monotonicMs(), stop)
  const nowMs = monotonicMs()
  const settings = settingsLeft(options.settings, book.told)
  book.readyMs ??= readyMsOf(options.pod.status(), nowMs)
  const input = inputFor(options, readings, book, nowMs)
  const { memory, verdict } = decide(book.memory, input, settings)
  book.memory = memory
  book.state = {
    ...{ nowMs, wallMs: Date.now(), settings: options.settings, verdict, readings },
    ...{ action: options.action, verb: options.verb, problems: options.problems, lastStop: book.lastStop },
    idleForMs: Math.max(0, nowMs - memory.idleSinceMs),
    lifetimeEndsMs: lifetimeEndsMs(options, nowMs),
    stop: undefined,
  }
  return book.state
}

/** Looks who uses the pod while it is being stopped: the verdict that began the stop stays. */
export async function lookForUse(
  options: AutostopOptions,
  book: WatchBook,
  stop: AbortSignal,
): Promise<Readings> {
  const readings = await readSignals(options.signals, monotonicMs(), stop)
  if (book.state && !stop.aborted) {
    const nowMs = monotonicMs()
    const idleForMs = book.state.idleForMs + nowMs - book.state.nowMs
    book.state = { ...book.state, readings, nowMs, wallMs: Date.now(), idleForMs }
  }
  return readings
}

function inputFor(
  { money, finish }: AutostopOptions,
  readings: Readings,
  { told, asked, readyMs }: WatchBook,
  nowMs: number,
): DecisionInput {
  return {
    ...{ nowMs, readings, bootMs: money.bootMs(nowMs), lifetimeMs: money.lifetimeMs() },
    readyMs,
    spent: money.spent(),
    finished: told.has('finished') ? undefined : finish.finished(),
    asked,
  }
}

/** What a dry run has told once would be so at every look: it is left out. */
function settingsLeft(settings: AutostopSettings, told: ReadonlySet<StopCause>): AutostopSettings {
  const { budgetUsd, maxLifetimeMs } = settings
  return {
    ...settings,
    budgetUsd: told.has('budget') ? undefined : budgetUsd,
    maxLifetimeMs: told.has('lifetime') ? undefined : maxLifetimeMs,
  }
}

/** When the pod could first be used: a service for people was ready, or all that are enabled, as `/readyz` counts them. */
function readyMsOf(status: PodStatus, nowMs: number): number | undefined {
  const times = forPeople.flatMap((name) => status.services[name]?.firstReadyMs ?? [])
  if (times.length > 0) return Math.min(...times)
  return readiness(status).ready ? nowMs : undefined
}

function lifetimeEndsMs({ settings, money }: AutostopOptions, nowMs: number): number | undefined {
  const { maxLifetimeMs } = settings
  return maxLifetimeMs === undefined ? undefined : nowMs + maxLifetimeMs - money.lifetimeMs()
}
