import type { JobsCallOf, KeptPoint, PointsText } from '../../jobs-calls.ts'
import { chooseSteps } from './choose-steps.ts'
import { curveOf } from './curve.ts'
import type { JobsDatabase } from './jobs-database.ts'
import { keptPoint, type MetricRow, rowColumns, rowText } from './metric-row.ts'

const selectRows = `SELECT ${rowColumns.join(', ')} FROM local_training_metrics`

/** The next points after a step. */
export function readPage(jobs: JobsDatabase, { jobId, since, keys, limit }: JobsCallOf<'page'>): PointsText {
  const rows = jobs.arrays(`${selectRows} WHERE job_id = ? AND step > ? ORDER BY step LIMIT ?`)
  return textOf(rows.all(jobId, since, limit) as unknown as readonly MetricRow[], keys, jobs.lastId())
}

/** Points after a step, at most so many: all of them, or those that draw the same curves. */
export function readSample(jobs: JobsDatabase, call: JobsCallOf<'sample'>): PointsText {
  const { jobId, since, keys, points } = call
  if (!isMore(jobs, jobId, since, points)) return readPage(jobs, { ...call, call: 'page', limit: points })
  const find = jobs.arrays(`${selectRows} WHERE job_id = ? AND step = ?`)
  const rows = [...stepsToShow(jobs, call)]
    .sort((left, right) => left - right)
    .map((step) => find.get(jobId, step) as unknown as MetricRow)
  return textOf(rows, keys, jobs.lastId())
}

/** Points in the order in which they came or were completed. */
export function readAfter(
  jobs: JobsDatabase,
  { jobId, id, limit }: JobsCallOf<'after'>,
): readonly KeptPoint[] {
  // One more than by the index on steps alone: row ids of a job are not together.
  const rows = jobs.arrays(`${selectRows} WHERE id > ? AND job_id = ? ORDER BY id LIMIT ?`)
  return (rows.all(id, jobId, limit) as unknown as readonly MetricRow[]).map(keptPoint)
}

function isMore(jobs: JobsDatabase, jobId: string, since: number, count: number): boolean {
  const sql =
    'SELECT count(*) AS many FROM (SELECT 1 FROM local_training_metrics WHERE job_id = ? AND step > ? LIMIT ?)'
  return Number(jobs.rows(sql).get(jobId, since, count + 1)?.many) > count
}

/** The first and the last step, and for each name those that show its curve. */
function stepsToShow(
  jobs: JobsDatabase,
  { jobId, since, keys, points }: JobsCallOf<'sample'>,
): ReadonlySet<number> {
  const known = jobs.pointsOf(jobId)
  const steps = new Set(endsOf(jobs, jobId, since, points))
  const names = (keys ?? known.names)
    .filter((name) => known.places.has(name))
    .slice(0, Math.max(1, Math.floor((points - steps.size) / 2)))
  const each = Math.floor((points - steps.size) / Math.max(1, names.length))
  const curves = each < 2 ? [] : curveOf(jobs, jobId, since, names, each)
  for (const spots of curves) for (const step of chooseSteps(spots, each)) steps.add(step)
  return steps
}

function endsOf(jobs: JobsDatabase, jobId: string, since: number, count: number): readonly number[] {
  const sql = 'SELECT min(step) AS first FROM local_training_metrics WHERE job_id = ? AND step > ?'
  const first = Number(jobs.rows(sql).get(jobId, since)?.first)
  return [jobs.pointsOf(jobId).maxStep, first].slice(0, count)
}

function textOf(rows: readonly MetricRow[], keys: readonly string[] | undefined, lastId: number): PointsText {
  const wanted = keys && new Set(keys)
  const text = rows.map((row) => rowText(row, wanted)).join(',')
  const last = rows.at(-1)
  return { text, count: rows.length, lastStep: last && Number(last[1]), lastId }
}
