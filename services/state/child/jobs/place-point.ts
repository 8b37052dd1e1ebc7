import type { JobsDatabase, PointsOf } from './jobs-database.ts'
import { type MetricRow, numbersOf, rowColumns } from './metric-row.ts'

/** From an epoch on, the steps of a job that begins again with each are counted on: a step of it is `offset` higher. */
export interface Part {
  readonly epoch: number
  readonly offset: number
}

/** A point as it was reported; null is a number that is not finite. */
export interface Reported {
  readonly jobId: string
  readonly step: number
  readonly numbers: ReadonlyMap<string, number | null>
}

/** Where a point belongs. */
export interface Place {
  readonly step: number
  /** What is there. */
  readonly there: MetricRow | undefined
}

const findSql = `SELECT ${rowColumns.join(', ')} FROM local_training_metrics WHERE job_id = ? AND step = ?`
/** Clocks and the like: they differ whenever something is reported again. */
const changing =
  /^(rank\d+\/)?(epoch|progress|elapsed_seconds|remaining_seconds|samples_per_second|gpu_memory_\w+)$/
const isChanging = (name: string) => changing.test(name)
/** So many epochs back a point without an epoch is looked for. */
const partsSearched = 64

/**
 * Finds where a point belongs, and begins a new part when the steps begin again with a later epoch: it says other numbers
 * than are there, of a step that is not the next one, in an epoch that comes after all that were seen. The same again comes
 * to the same place.
 */
export function placeOf(jobs: JobsDatabase, points: PointsOf, point: Reported): Place {
  const { jobId, step, numbers } = point
  const epoch = numbers.get('epoch') ?? undefined
  const rowAt = (at: number) =>
    // TypeScript does not know that this statement gives arrays.
    at > points.maxStep ? undefined : (jobs.arrays(findSql).get(jobId, at) as MetricRow | undefined)
  if (epoch === undefined) return placeWithoutEpoch(points, point, rowAt)
  const part = points.parts.findLast((one) => one.epoch <= epoch)
  const at = step + (part?.offset ?? 0)
  const there = rowAt(at)
  if (at > points.maxStep || !beginsAgain(points, point, there, epoch, rowAt)) return { step: at, there }
  return { step: step + beginPart(jobs, points, point, epoch), there: undefined }
}

function placeWithoutEpoch(
  points: PointsOf,
  { step, numbers }: Reported,
  rowAt: (at: number) => MetricRow | undefined,
): Place {
  const offsets = [
    ...points.parts
      .slice(-partsSearched)
      .map(({ offset }) => offset)
      .reverse(),
    0,
  ]
  const first = { step: step + (offsets[0] ?? 0), there: rowAt(step + (offsets[0] ?? 0)) }
  if (offsets.length === 1) return first
  for (const offset of offsets) {
    const there = rowAt(step + offset)
    if (there && holdsAll(there, numbers)) return { step: step + offset, there }
  }
  return first
}

function holdsAll(row: MetricRow, numbers: Reported['numbers']): boolean {
  const kept = numbersOf(row)
  return [...numbers].every(([name, value]) => kept.has(name) && kept.get(name) === value)
}

function beginsAgain(
  points: PointsOf,
  { numbers }: Reported,
  there: MetricRow | undefined,
  epoch: number,
  rowAt: (at: number) => MetricRow | undefined,
): boolean {
  const { lastEpoch } = points
  if (lastEpoch === undefined || epoch < lastEpoch) return false
  if (there)
    return epoch > (numbersOf(there).get('epoch') ?? epoch) && replacedNames(there, numbers).length > 0
  const last = rowAt(points.maxStep)
  if (!last || epoch === lastEpoch) return false
  const known = numbersOf(last)
  return [...numbers.keys()].some((name) => !isChanging(name) && known.has(name))
}

/** The names of what a row says and `numbers` say otherwise, but for clocks and the like. Pure. */
export function replacedNames(there: MetricRow, numbers: Reported['numbers']): readonly string[] {
  const known = numbersOf(there)
  return [...numbers].flatMap(([name, value]) =>
    !isChanging(name) && known.has(name) && known.get(name) !== value ? [name] : [],
  )
}

/** Gives the offset of the part that begins with this point: it comes after everything that is there. */
function beginPart(jobs: JobsDatabase, points: PointsOf, { jobId, step }: Reported, epoch: number): number {
  const { maxStep } = points
  const sql = 'SELECT max(step) AS step FROM local_training_metrics WHERE job_id = ? AND step < ?'
  const before = jobs.rows(sql).get(jobId, maxStep)?.step
  // Whoever counts from 0 is one pause between two points further.
  const offset = step > 0 ? maxStep : maxStep + (typeof before === 'number' ? maxStep - before : 1)
  jobs
    .rows(
      'INSERT INTO local_training_parts (job_id, epoch, first_step) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET first_step = excluded.first_step',
    )
    .run(jobId, epoch, offset)
  points.parts.push({ epoch, offset })
  return offset
}
