import type { PodView } from '../../../supervisor/pod.ts'
import type { PodStatus, ServiceStatus } from '../../../supervisor/status.ts'
import { monotonicMs } from '../../../supervisor/time.ts'
import type { Reading, Signal } from '../signal.ts'
import { active, quiet, spoken } from './evidence.ts'
import { guarded } from './guarded.ts'
import type { StepSeen } from './ports.ts'
import { Progress } from './progress.ts'

export interface TrainerOptions {
  readonly pod: Pick<PodView, 'status' | 'onLogLine'>
  /** Of any job: one that was started by hand sends steps, too. */
  readonly lastStep: () => StepSeen | undefined
  /** A new file in an artifact folder since it was last asked: a checkpoint. */
  readonly newFile: () => string | undefined
  readonly recentMs: number
  readonly patienceMs?: number | undefined
  readonly over: AbortSignal
  readonly clock?: () => number
}

/** An epoch may be long: half an hour of a GPU costs less than a run that is lost. */
const defaultPatienceMs = 1_800_000
/** From so many failures in a row on, words alone are no progress: every start prints some. */
const manyFailures = 3

/**
 * Active while the trainer runs and something comes of it: a step, a log line or a new file within the patience (half
 * an hour, or twice the longest silence that it has broken in this run, up to six hours). Also while it waits for a
 * bootstrap that works.
 */
export function trainerSignal(options: TrainerOptions): Signal {
  const { pod, lastStep, newFile, patienceMs = defaultPatienceMs, over, clock = monotonicMs } = options
  const progress = new Progress(patienceMs)
  const runs = () => {
    const { trainer } = pod.status().services
    if (!trainer || !isAlive(trainer)) return false
    if (trainer.startedMs !== undefined) progress.beginRun(trainer.startedMs, !isHopeless(trainer))
    return !isHopeless(trainer)
  }
  pod.onLogLine(({ service, stream }) => {
    if (service === 'trainer' && stream !== 'log' && runs()) progress.saw('a log line', clock())
  }, over)
  return guarded('trainer', (nowMs) => {
    runs()
    const status = pod.status()
    const { trainer } = status.services
    const step = lastStep()
    const file = newFile()
    if (step) progress.saw(`step ${step.step.toLocaleString('en')}`, step.atMs)
    if (!trainer || !isAlive(trainer)) return withoutTrainer(status, step, nowMs, options.recentMs)
    if (file !== undefined) progress.saw(`a new file (${file})`, nowMs)
    return progress.reading(nowMs)
  })
}

const isAlive = ({ state }: ServiceStatus) => ['starting', 'ready', 'degraded', 'stopping'].includes(state)

const isHopeless = ({ failures }: ServiceStatus) => failures >= manyFailures

function withoutTrainer(
  { services: { trainer, bootstrap } }: PodStatus,
  step: StepSeen | undefined,
  nowMs: number,
  recentMs: number,
): Reading {
  const waits = trainer && ['waiting', 'blocked'].includes(trainer.state)
  if (waits && bootstrap && isAlive(bootstrap))
    return active(
      nowMs,
      `the trainer waits for bootstrap, which has worked for ${spoken(nowMs - (bootstrap.startedMs ?? nowMs))}`,
    )
  if (step && nowMs - step.atMs <= recentMs)
    return active(
      step.atMs,
      `step ${step.step.toLocaleString('en')} of job ${step.jobId} came ${spoken(nowMs - step.atMs)} ago`,
    )
  const reason = trainer?.reason === undefined ? '' : `: ${trainer.reason}`
  return quiet(step?.atMs, trainer ? `the trainer is ${trainer.state}${reason}` : 'no trainer runs')
}
