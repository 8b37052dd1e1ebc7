import { type Extremes, extremeOf, unpacked } from './extremes.ts'
import { extremesOfRows, widths } from './extremes-table.ts'
import type { JobsDatabase } from './jobs-database.ts'
import type { Spot } from './lttb.ts'
import { type MetricRow, numbersOf, rowColumns } from './metric-row.ts'

/**
 * For each name, spots of its curve after a step, sorted by step: the extremes of enough buckets to choose `each` spots from,
 * or every point when the narrowest buckets are too few.
 */
export function curveOf(
  jobs: JobsDatabase,
  jobId: string,
  since: number,
  names: readonly string[],
  each: number,
): readonly (readonly Spot[])[] {
  const width = widthFor(jobs, jobId, since, each)
  if (width === undefined) return spotsOfRows(jobs, jobId, since, names)
  const first = Math.floor((since + 1) / width)
  const sql =
    'SELECT bucket, extremes FROM local_training_extremes WHERE job_id = ? AND width = ? AND bucket > ? ORDER BY bucket'
  const curves = names.map((): Spot[] => [])
  const places = names.map((name) => jobs.pointsOf(jobId).places.get(name) ?? 0)
  // What lies before `since` in its bucket must not count.
  const begin = extremesOfRows(jobs, jobId, jobs.pointsOf(jobId), since + 1, (first + 1) * width - 1)
  addSpots(curves, places, begin)
  for (const row of jobs.arrays(sql).iterate(jobId, width, first) as Iterable<unknown>) {
    const [, bytes] = row as readonly unknown[]
    if (bytes instanceof Uint8Array) addSpots(curves, places, unpacked(bytes))
  }
  return curves
}

/** The widest buckets of which there are enough; undefined when even of the narrowest there are too few. */
function widthFor(jobs: JobsDatabase, jobId: string, since: number, each: number): number | undefined {
  const sql =
    'SELECT count(*) AS many FROM local_training_extremes WHERE job_id = ? AND width = ? AND bucket > ?'
  const count = (width: number) =>
    Number(jobs.rows(sql).get(jobId, width, Math.floor((since + 1) / width))?.many)
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
  jobId: string,
  since: number,
  names: readonly string[],
): readonly (readonly Spot[])[] {
  const sql = `SELECT ${rowColumns.join(', ')} FROM local_training_metrics WHERE job_id = ? AND step > ? ORDER BY step`
  const curves = names.map((): Spot[] => [])
  for (const row of jobs.arrays(sql).iterate(jobId, since) as Iterable<unknown>) {
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
