import type { AddedPoints, PointBatch } from '../../jobs-calls.ts'
import { type Extremes, includeValue, noExtremes } from './extremes.ts'
import { bucketWidth, keepExtremes } from './extremes-table.ts'
import type { JobsDatabase, PointsOf } from './jobs-database.ts'
import { type MetricRow, numbersOf } from './metric-row.ts'
import { placeOf, type Reported, replacedNames } from './place-point.ts'
import { numberColumns } from './schema.ts'

const columns = ['id', 'job_id', 'step', 'timestamp', 'extra', ...numberColumns]
const insertSql = `INSERT INTO local_training_metrics (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
const columnOf: ReadonlyMap<string, number> = new Map(numberColumns.map((name, at) => [name, at]))
const epochColumn = columnOf.get('epoch') ?? 0

/** What a job's points came to. */
interface Tally {
  added: number
  lastId: number
  /** Of the last point. */
  step: number
  /** The last value of each, null for one that was not finite; undefined: none was reported. */
  readonly latest: { loss?: number | null; progress?: number | null }
  readonly buckets: Set<number>
  /** Those of them that hold nothing but new steps, with what these came to. */
  readonly fresh: Map<number, Extremes>
  readonly maxBefore: number
  readonly continued: [number, number][]
  readonly replaced: { readonly row: number; readonly names: readonly string[] }[]
}

/**
 * Adds the points of one job, inside a transaction. A step that is there already is completed by what is new and gets a
 * new row id; what is there as it is changes nothing. `lastId`: the last row id that was used, 0 when none was.
 */
export function addPoints(jobs: JobsDatabase, batch: PointBatch): AddedPoints {
  const points = jobs.pointsOf(batch.jobId)
  nameAll(jobs, batch, points)
  const tally: Tally = {
    ...{ added: 0, lastId: 0, step: 0, latest: {}, buckets: new Set(), fresh: new Map() },
    ...{ maxBefore: points.maxStep, continued: [], replaced: [] },
  }
  for (let row = 0; row < batch.steps.length; row += 1) addPoint(jobs, batch, row, points, tally)
  const { lastId, continued, replaced } = tally
  if (lastId === 0) return { lastId, continued, replaced }
  keepExtremes(jobs, batch.jobId, points, tally.buckets, tally.maxBefore, tally.fresh)
  tellJob(jobs, batch, tally)
  return { lastId, continued, replaced }
}

function addPoint(jobs: JobsDatabase, batch: PointBatch, row: number, points: PointsOf, tally: Tally): void {
  const reported = batch.steps[row] ?? 0
  const isPlain = reported > points.maxStep && points.parts.length === 0
  const { step, there } = isPlain
    ? { step: reported, there: undefined }
    : placeOf(jobs, points, reportedIn(batch, row))
  const isNew = step > points.maxStep
  if (step !== reported) tally.continued.push([row, step])
  const names = there ? replacedNames(there, reportedIn(batch, row).numbers) : []
  if (names.length > 0) tally.replaced.push({ row, names })
  const numbers = there ? completed(batch, row, there) : numbersIn(batch, row)
  if (numbers === undefined) return
  if (there) jobs.rows('DELETE FROM local_training_metrics WHERE id = ?').run(Number(there[0]))
  const id = jobs.nextId()
  insert(jobs, batch, row, { id, step, numbers })
  if (!there) tally.added += 1
  if (isNew) points.maxStep = step
  const epoch = numbers.columns[epochColumn]
  if (step === points.maxStep && typeof epoch === 'number') points.lastEpoch = epoch
  tally.lastId = id
  tally.step = step
  noteLatest(tally, numbers)
  noteBucket(tally, points, step, isNew ? numbers : undefined)
}

function noteLatest({ latest }: Tally, { columns: values, further }: Numbers): void {
  for (const name of ['loss', 'progress'] as const) {
    const value = values[columnOf.get(name) ?? 0]
    if (typeof value === 'number') latest[name] = value
    else if (further && name in further) latest[name] = null
  }
}

/** `numbers`: of a step that is higher than all before it; undefined: something between them changed. */
function noteBucket(tally: Tally, points: PointsOf, step: number, numbers: Numbers | undefined): void {
  const bucket = Math.floor(step / bucketWidth)
  const isFresh = !tally.buckets.has(bucket) && bucket * bucketWidth > tally.maxBefore
  tally.buckets.add(bucket)
  const extremes = tally.fresh.get(bucket) ?? (isFresh ? noExtremes(points.names.length) : undefined)
  if (numbers === undefined || extremes === undefined) tally.fresh.delete(bucket)
  else {
    tally.fresh.set(bucket, extremes)
    includeNumbers(extremes, points, step, numbers)
  }
}

function includeNumbers(extremes: Extremes, points: PointsOf, step: number, numbers: Numbers): void {
  const include = (name: string, value: number | null | undefined) => {
    const place = points.places.get(name)
    if (typeof value === 'number' && place !== undefined) includeValue(extremes, place, value, step)
  }
  for (const [at, name] of numberColumns.entries()) include(name, numbers.columns[at])
  for (const name in numbers.further) include(name, numbers.further[name])
}

/** Column values, and the rest as JSON. */
interface Numbers {
  readonly columns: (number | null)[]
  further: Record<string, number | null> | undefined
}

function numbersIn(batch: PointBatch, row: number, into?: Numbers): Numbers {
  const numbers: Numbers = into ?? { columns: new Array(numberColumns.length).fill(null), further: undefined }
  const width = batch.names.length
  for (let at = 0; at < width; at += 1) {
    const value = batch.values[row * width + at] ?? Number.NaN
    if (!Number.isNaN(value)) setNumber(numbers, batch.names[at] ?? '', value)
  }
  return numbers
}

function setNumber(numbers: Numbers, name: string, value: number): void {
  const column = columnOf.get(name)
  const kept = Number.isFinite(value) ? value : null
  if (column !== undefined) numbers.columns[column] = kept
  if (column !== undefined && kept !== null) {
    if (numbers.further) delete numbers.further[name]
    return
  }
  numbers.further ??= Object.create(null) as Record<string, number | null>
  numbers.further[name] = kept
}

/** What is there with what is new over it; undefined when that is the same. */
function completed(batch: PointBatch, row: number, there: MetricRow): Numbers | undefined {
  const before: Numbers = { columns: new Array(numberColumns.length).fill(null), further: undefined }
  for (const [name, value] of numbersOf(there)) setNumber(before, name, value ?? Number.POSITIVE_INFINITY)
  const wasText = JSON.stringify(before)
  const after = numbersIn(batch, row, before)
  return JSON.stringify(after) === wasText ? undefined : after
}

function reportedIn({ jobId, steps, names, values }: PointBatch, row: number): Reported {
  const numbers = new Map<string, number | null>()
  names.forEach((name, at) => {
    const value = values[row * names.length + at] ?? Number.NaN
    if (!Number.isNaN(value)) numbers.set(name, Number.isFinite(value) ? value : null)
  })
  return { jobId, step: steps[row] ?? 0, numbers }
}

interface NewRow {
  readonly id: number
  readonly step: number
  readonly numbers: Numbers
}

function insert(jobs: JobsDatabase, batch: PointBatch, row: number, { id, step, numbers }: NewRow): void {
  const extra = numbers.further && Object.keys(numbers.further).length > 0 ? numbers.further : null
  jobs
    .rows(insertSql)
    .run(id, batch.jobId, step, batch.times[row] ?? 0, extra && JSON.stringify(extra), ...numbers.columns)
}

function nameAll(jobs: JobsDatabase, { jobId, names }: PointBatch, points: PointsOf): void {
  for (const name of names) {
    if (points.places.has(name)) continue
    const position = points.names.length
    jobs
      .rows('INSERT INTO local_training_names (job_id, position, name) VALUES (?, ?, ?)')
      .run(jobId, position, name)
    points.names.push(name)
    points.places.set(name, position)
  }
}

function tellJob(jobs: JobsDatabase, { jobId, times }: PointBatch, tally: Tally): void {
  const { added, step, latest } = tally
  const update = `
    UPDATE local_training_jobs SET total_points = total_points + ?, updated_at = ?, last_step = ?,
      last_loss = iif(?, ?, last_loss), progress = iif(?, ?, progress)
    WHERE id = ?`
  const [loss, progress] = [latest.loss, latest.progress].map(
    (value) => [value === undefined ? 0 : 1, value ?? null] as const,
  )
  jobs.rows(update).run(added, times.at(-1) ?? 0, step, ...(loss ?? []), ...(progress ?? []), jobId)
}
