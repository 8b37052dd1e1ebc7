import { type Extremes, extremeOf, unpacked } from './extremes.ts'
import { extremesOfRows, widths } from './extremes-table.ts'
import type { JobsDatabase } from './jobs-database.ts'
import type { Spot } from './lttb.ts'
import { type MetricRow, numbersOf, rowColumns } from './metric-row.ts'

/** Steps of a job: those after `since`, up to `until`. */
export interface StepRange {
  readonly jobId: string
  readonly since: number
  readonly until: number
}

/**
 * For each name, spots of its curve, sorted by step: the extremes of enough buckets to choose `each` spots from, or every
 * point when even of the narrowest buckets there are too few.
 */
export function curveOf(
  jobs: JobsDatabase,
  range: StepRange,
  names: readonly string[],
  each: number,
): readonly (readonly Spot[])[] {
  const width = widthFor(jobs, range, each)
  if (width === undefined) return spotsOfRows(jobs, range, names)
  const { jobId, until } = range
  const { first, last } = bucketsOf(range, width)
  const curves = names.map((): Spot[] => [])
  const known = jobs.pointsOf(jobId)
  const places = names.map((name) => known.places.get(name) ?? 0)
  // What of the first and the last bucket lies outside must not count.
  const part = (from: number, to: number) =>
    addSpots(curves, places, extremesOfRows(jobs, jobId, known, from, Math.min(to, until)))
  part(range.since + 1, (first + 1) * width - 1)
  for (const row of jobs
    .arrays(wholeBuckets)
    .iterate(jobId, width, first + 1, last - 1) as Iterable<unknown>) {
    const [bytes] = row as readonly unknown[]
    if (bytes instanceof Uint8Array) addSpots(curves, places, unpacked(bytes))
  }
  if (last > first) part(last * width, until)
  return curves
}

const wholeBuckets =
  'SELECT extremes FROM local_training_extremes WHERE job_id = ? AND width = ? AND bucket BETWEEN ? AND ? ORDER BY bucket'

function bucketsOf({ since, until }: StepRange, width: number) {
  return { first: Math.floor((since + 1) / width), last: Math.floor(until / width) }
}

/** The widest buckets of which there are enough; undefined when even of the narrowest there are too few. */
function widthFor(jobs: JobsDatabase, range: StepRange, each: number): number | undefined {
  const sql =
    'SELECT count(*) AS many FROM local_training_extremes WHERE job_id = ? AND width = ? AND bucket BETWEEN ? AND ?'
  const count = (width: number) => {
    const { first, last } = bucketsOf(range, width)
    return Number(jobs.rows(sql).get(range.jobId, width, first + 1, last - 1)?.many)
  }
  // Each gives its lowest and its highest value: there is a choice of two to eight for every spot.
  return widths.toReversed().find((width) => count(width) >= each)
}

function addSpots(curves: readonly Spot[][], places: readonly number[], extremes: Extremes): void {
  for (let at = 0; at < curves.length; at += 1) {
    const found = extremeOf(extremes, places[at] ?? 0)
    if (found === undefined) continue
    const low = { step: found.lowestStep, value: found.lowest }
    const high = { step: found.highestStep, value: found.highest }
    if (low.step === high.step) curves[at]?.push(low)
    else if (low.step < high.step) curves[at]?.push(low, high)
    else curves[at]?.push(high, low)
  }
}

function spotsOfRows(
  jobs: JobsDatabase,
  { jobId, since, until }: StepRange,
  names: readonly string[],
): readonly (readonly Spot[])[] {
  const sql = `SELECT ${rowColumns.join(', ')} FROM local_training_metrics WHERE job_id = ? AND step > ? AND step <= ? ORDER BY step`
  const curves = names.map((): Spot[] => [])
  for (const row of jobs.arrays(sql).iterate(jobId, since, until) as Iterable<unknown>) {
    // TypeScript does not know that this statement gives arrays.
    const numbers = numbersOf(row as MetricRow)
    const step = Number((row as MetricRow)[1])
    names.forEach((name, at) => {
      const value = numbers.get(name)
      if (typeof value === 'number') curves[at]?.push({ step, value })
    })
  }
  return curves
}
