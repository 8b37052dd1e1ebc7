import { type Extremes, includeExtremes, includeValue, noExtremes, packed, unpacked } from './extremes.ts'
import type { JobsDatabase, PointsOf } from './jobs-database.ts'
import { firstNumber, furtherOf, type MetricRow, rowColumns } from './metric-row.ts'
import { numberColumns } from './schema.ts'

/** Steps per bucket of the narrowest level. */
export const bucketWidth = 16
const perLevel = 4

/** Steps per bucket on each level, narrowest first: steps may count tokens, or be times. A job has those that it fills. */
export const widths: readonly number[] = Array.from(
  { length: 19 },
  (_, level) => bucketWidth * perLevel ** level,
)

const putSql =
  'INSERT INTO local_training_extremes (job_id, width, bucket, extremes) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET extremes = excluded.extremes'
const partsSql =
  'SELECT extremes FROM local_training_extremes WHERE job_id = ? AND width = ? AND bucket BETWEEN ? AND ?'
const rowsSql = `SELECT ${rowColumns.join(', ')} FROM local_training_metrics WHERE job_id = ? AND step BETWEEN ? AND ? ORDER BY step`

/**
 * Writes what the lowest and highest values are now in the narrowest buckets that changed, and in all that hold them.
 * `maxBefore`: the last step before that; `known`: narrowest buckets whose values are known without a look at the rows.
 */
export function keepExtremes(
  jobs: JobsDatabase,
  jobId: string,
  points: PointsOf,
  changed: ReadonlySet<number>,
  maxBefore: number,
  known: ReadonlyMap<number, Extremes>,
): void {
  let buckets = changed
  for (const width of widths) {
    if (width > bucketWidth && width > points.maxStep) return
    // A level that begins now has all that was before in its first bucket.
    if (width > maxBefore && maxBefore >= 0) buckets = new Set([0, ...buckets])
    for (const bucket of buckets) {
      const extremes =
        width === bucketWidth
          ? (known.get(bucket) ??
            extremesOfRows(jobs, jobId, points, bucket * width, (bucket + 1) * width - 1))
          : extremesOfParts(jobs, jobId, points, width / perLevel, bucket * perLevel)
      jobs.rows(putSql).run(jobId, width, bucket, packed(extremes))
    }
    buckets = new Set([...buckets].map((bucket) => Math.floor(bucket / perLevel)))
  }
}

/** From the points themselves; both steps are included. */
export function extremesOfRows(
  jobs: JobsDatabase,
  jobId: string,
  points: PointsOf,
  from: number,
  to: number,
): Extremes {
  const extremes = noExtremes(points.names.length)
  const places = numberColumns.map((name) => points.places.get(name) ?? -1)
  // TypeScript does not know that this statement gives arrays.
  const rows = jobs.arrays(rowsSql).all(jobId, from, to) as unknown as readonly MetricRow[]
  for (const row of rows) includeRow(extremes, row, places, points)
  return extremes
}

function includeRow(extremes: Extremes, row: MetricRow, places: readonly number[], points: PointsOf): void {
  const step = Number(row[1])
  for (let at = 0; at < places.length; at += 1) {
    const value = row[firstNumber + at]
    const place = places[at] ?? -1
    if (typeof value === 'number' && place >= 0) includeValue(extremes, place, value, step)
  }
  for (const [name, value] of Object.entries(furtherOf(row))) {
    const place = points.places.get(name)
    if (value !== null && place !== undefined) includeValue(extremes, place, value, step)
  }
}

function extremesOfParts(
  jobs: JobsDatabase,
  jobId: string,
  points: PointsOf,
  width: number,
  first: number,
): Extremes {
  const extremes = noExtremes(points.names.length)
  for (const row of jobs.rows(partsSql).all(jobId, width, first, first + perLevel - 1))
    if (row.extremes instanceof Uint8Array) includeExtremes(extremes, unpacked(row.extremes))
  return extremes
}
