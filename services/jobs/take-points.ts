import { brokenRule, type StopRule } from './early-stop.ts'
import { isSameContainer, started } from './job.ts'
import type { JobBook } from './job-book.ts'
import { unfit } from './job-problem.ts'
import { withProgress } from './job-progress.ts'
import type { AddedPoints, PointBatch } from './job-store.ts'
import type { LiveJob } from './live-job.ts'
import { judgeLoss } from './loss-watch.ts'
import { namesAtMost } from './read-points.ts'

export interface PointTaking {
  readonly book: JobBook
  readonly runId: string
  /** Settles when the points are on disk. */
  readonly commit: (batch: PointBatch) => Promise<AddedPoints>
  /** Tells the users something about a job. */
  readonly alert: (live: LiveJob, text: string) => void
  readonly rules: readonly StopRule[]
  /** Called with the rule, in words, that a running job of the trainer broke. */
  readonly onBroken: (live: LiveJob, rule: string) => void
}

/** How many points of a batch are not where, or not what, whoever sent them might think. */
export interface Taken {
  /** Steps that began again with a later epoch, and are counted on. */
  readonly continued: number
  /** Steps that had other numbers, which are gone. */
  readonly replaced: number
}

/** Takes points of a job: they are on disk when this resolves. */
export async function takePoints(taking: PointTaking, live: LiveJob, batch: PointBatch): Promise<Taken> {
  if (batch.steps.length === 0) return { continued: 0, replaced: 0 }
  demandFewNames(live, batch)
  begin(taking, live)
  await taking.book.save(live.job.id)
  const added = await taking.commit(batch)
  tellPlaces(taking, live, batch, added)
  const counted = { ...batch, steps: batch.steps.slice() }
  for (const [row, step] of added.continued) counted.steps[row] = step
  learn(live, counted)
  if (live.job.status === 'running') judge(taking, live, counted)
  taking.book.tell(live.job.id)
  return { continued: added.continued.length, replaced: added.replaced.length }
}

/** Once for each job and kind. */
function tellPlaces({ alert }: PointTaking, live: LiveJob, batch: PointBatch, added: AddedPoints): void {
  const [begun] = added.continued
  if (begun && !live.toldOf.has('continued')) {
    live.toldOf.add('continued')
    const [row, step] = begun
    alert(
      live,
      `its steps begin again with each epoch: they are counted on (step ${batch.steps[row]} is now step ${step})`,
    )
  }
  const [lost] = added.replaced
  if (!lost || live.toldOf.has('replaced')) return
  live.toldOf.add('replaced')
  const what = `step ${batch.steps[lost.row]} was reported again with another ${lost.names.slice(0, 3).join(', ')}`
  alert(
    live,
    live.job.attempts > 1
      ? `${what}: the numbers of this run replace those of the run before`
      : `${what}, which replaces the first: send "epoch" when steps begin again with each, and "rank" when several processes report`,
  )
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
    (job.status === 'running' && !isSameContainer(job.runId, runId))
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
