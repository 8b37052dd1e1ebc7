import type { EventLog } from './event-log.ts'
import type { PodEvent } from './events.ts'
import { shutdownPlan, type TierPlan } from './shutdown-plan.ts'
import { type ShutdownReport, shutdownReport } from './shutdown-report.ts'
import type { PodStatus, State } from './status.ts'
import { finalSweep } from './sweep.ts'
import { aborted, monotonicMs, settledWithin } from './time.ts'
import type { Timings } from './timings.ts'
import type { Unit } from './unit.ts'

/** The service that writes the report of the shutdown, and so ends after all tiers. */
export interface Recorder {
  readonly service: string
  write(report: ShutdownReport): Promise<void>
}

export interface StopEnvironment {
  readonly timings: Timings
  readonly recorder: Recorder | undefined
  readonly events: EventLog
  readonly killing: AbortSignal
  status(): PodStatus
  /** What happened since the pod was asked to stop. */
  stopEvents(): readonly PodEvent[]
}

type Lives = ReadonlyMap<Unit, Promise<void>>
const recordMs = 500

/** Ends everything: tier after tier inside the budget, then the report, the recorder and whatever is left. */
export async function stopInOrder(lives: Lives, environment: StopEnvironment): Promise<void> {
  const { timings, recorder, events, killing } = environment
  const startMs = monotonicMs()
  void aborted(killing).then(() => Promise.all([...lives.keys()].map((unit) => unit.retire('killed', 0))))
  for (const plan of shutdownPlan(timings.shutdownBudgetMs)) {
    const units = [...lives.keys()].filter(
      (unit) => isOfTier(unit, plan) && unit.service.name !== recorder?.service,
    )
    await stopTier(units, plan, startMs, lives, environment)
  }
  const sweepMs = Math.max(timings.killWaitMs / 4, timings.shutdownBudgetMs - (monotonicMs() - startMs))
  await record(lives, environment)
  const left = await finalSweep(Math.min(sweepMs, timings.killWaitMs))
  if (left.length > 0)
    events.emit({ type: 'pod-warning', text: `processes could not be ended: ${left.join(', ')}` })
  events.emit({ type: 'pod-stopped', tookMs: monotonicMs() - startMs })
}

function isOfTier(unit: Unit, plan: TierPlan): boolean {
  return (unit.service.stopTier ?? 'tools') === plan.tier
}

async function stopTier(
  units: readonly Unit[],
  { tier, deadlineMs }: TierPlan,
  startMs: number,
  lives: Lives,
  { events, status }: StopEnvironment,
): Promise<void> {
  const names = units
    .map((unit) => unit.service.name)
    .filter((name) => !resting.has(status().services[name]?.state))
  if (names.length === 0) return retireAll(units, 0, lives)
  const beganMs = monotonicMs()
  events.emit({ type: 'tier-stopping', tier, services: names })
  await Promise.all(units.map((unit) => retire(unit, Math.max(0, startMs + deadlineMs - beganMs), lives)))
  events.emit({ type: 'tier-stopped', tier, tookMs: monotonicMs() - beganMs })
}

const resting: ReadonlySet<State | undefined> = new Set(['disabled', 'completed', 'failed', 'stopped'])

async function retireAll(units: readonly Unit[], graceMs: number, lives: Lives): Promise<void> {
  await Promise.all(units.map((unit) => retire(unit, graceMs, lives)))
}

async function retire(unit: Unit, graceMs: number, lives: Lives): Promise<void> {
  await unit.retire('podmate is stopping', graceMs)
  await lives.get(unit)
}

/** The report is a courtesy: a volume that hangs must not delay the end. */
async function record(
  lives: Lives,
  { recorder, events, status, stopEvents, timings }: StopEnvironment,
): Promise<void> {
  if (!recorder) return
  const unit = [...lives.keys()].find((candidate) => candidate.service.name === recorder.service)
  const report = shutdownReport(status(), stopEvents())
  let problem: string | undefined = 'that took too long'
  const written = recorder.write(report).then(
    () => {
      problem = undefined
    },
    (error: unknown) => {
      problem = String(error)
    },
  )
  await settledWithin(written, Math.min(recordMs, timings.shutdownBudgetMs))
  if (unit) await retire(unit, Math.min(recordMs, timings.stopGraceMs), lives)
  if (problem !== undefined)
    events.emit({ type: 'pod-warning', text: `the shutdown report was not written: ${problem}` })
}
