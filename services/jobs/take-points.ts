import { brokenRule, type StopRule } from './early-stop.ts'
import { started } from './job.ts'
import type { JobBook } from './job-book.ts'
import { unfit } from './job-problem.ts'
import { withProgress } from './job-progress.ts'
import type { PointBatch } from './job-store.ts'
import type { LiveJob } from './live-job.ts'
import { judgeLoss } from './loss-watch.ts'
import { namesAtMost } from './read-points.ts'

export interface PointTaking {
  readonly book: JobBook
  readonly runId: string
  /** Settles when the points are on disk. */
  readonly commit: (batch: PointBatch) => Promise<void>
  /** Tells the users something about a job. */
  readonly alert: (live: LiveJob, text: string) => void
  readonly rules: readonly StopRule[]
  /** Called with the rule, in words, that a running job of the trainer broke. */
  readonly onBroken: (live: LiveJob, rule: string) => void
}

/** Takes points of a job: they are on disk when this resolves. */
export async function takePoints(taking: PointTaking, live: LiveJob, batch: PointBatch): Promise<void> {
  if (batch.steps.length === 0) return
  demandFewNames(live, batch)
  begin(taking, live)
  await taking.book.save(live.job.id)
  await taking.commit(batch)
  learn(live, batch)
  if (live.job.status === 'running') judge(taking, live, batch)
  taking.book.tell(live.job.id)
}

function demandFewNames(live: LiveJob, { names }: PointBatch): void {
  const more = names.filter((name) => !live.names.has(name))
  if (live.names.size + more.length > namesAtMost * 2)
    throw unfit(`a job has at most ${namesAtMost * 2} names of numbers`)
  for (const name of more) live.names.add(name)
}

/** A job that is run by hand runs when it reports. */
function begin({ book, runId }: PointTaking, live: LiveJob): void {
  const { job } = live
  const isBack =
    job.status === 'pending' ||
    (job.status === 'failed' && job.exitCode === null) ||
    (job.status === 'running' && job.runId !== runId)
  if (job.source === 'hand' && isBack) book.change(live, started(job, runId, Date.now()))
}

function learn(live: LiveJob, batch: PointBatch): void {
  const row = batch.steps.length - 1
  batch.names.forEach((name, at) => {
    const value = valueAt(batch, row, at)
    if (value !== undefined) live.numbers.set(name, value)
  })
  live.points += batch.steps.length
  const atMs = performance.now()
  live.last = { step: batch.steps[row] ?? 0, atMs }
  const progress = valueAt(batch, row, batch.names.indexOf('progress'))
  if (progress !== undefined) live.progress = withProgress(live.progress, progress, atMs)
  live.isStalled = false
}

function judge({ alert, rules, onBroken }: PointTaking, live: LiveJob, batch: PointBatch): void {
  const places = new Map(batch.names.map((name, at) => [name, at]))
  const judged = live.job.source === 'trainer' ? rules : []
  let broken: string | undefined
  batch.steps.forEach((step, row) => {
    const numberOf = (name: string) => valueAt(batch, row, places.get(name))
    const loss = numberOf('loss')
    if (loss !== undefined) {
      const judgement = judgeLoss(live.loss, step, loss)
      live.loss = judgement.memory
      if (judgement.alert !== undefined) alert(live, judgement.alert)
    }
    broken ??= brokenRule(judged, step, numberOf)
  })
  if (broken !== undefined) onBroken(live, broken)
}

/** Infinity for one that is not finite; undefined for one that is absent. */
function valueAt(batch: PointBatch, row: number, place: number | undefined): number | undefined {
  if (place === undefined) return undefined
  const value = batch.values[row * batch.names.length + place]
  return value === undefined || Number.isNaN(value) ? undefined : value
}
