import type { JobsCallOf, KeptPoint, PointsText } from '../../jobs-calls.ts'
import { chooseSteps, evenly } from './choose-steps.ts'
import { curveOf } from './curve.ts'
import type { JobsDatabase } from './jobs-database.ts'
import { keptPoint, type MetricRow, rowColumns, rowText } from './metric-row.ts'

const noEnd = Number.MAX_SAFE_INTEGER
const selectRows = `SELECT ${rowColumns.join(', ')} FROM local_training_metrics`

/** The next points after a step. */
export function readPage(jobs: JobsDatabase, call: JobsCallOf<'page'>): PointsText {
  const { jobId, since, until = noEnd, keys, limit } = call
  const rows = jobs.arrays(`${selectRows} WHERE job_id = ? AND step > ? AND step <= ? ORDER BY step LIMIT ?`)
  return textOf(rows.all(jobId, since, until, limit) as unknown as readonly MetricRow[], keys, jobs.lastId())
}

/** Points after a step, at most so many: all of them, or those that draw the same curves. */
export function readSample(jobs: JobsDatabase, call: JobsCallOf<'sample'>): PointsText {
  const { jobId, keys, points } = call
  if (!isMore(jobs, call)) return readPage(jobs, { ...call, call: 'page', limit: points })
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

type Sample = JobsCallOf<'sample'>

function isMore(jobs: JobsDatabase, { jobId, since, until = noEnd, points }: Sample): boolean {
  const sql =
    'SELECT count(*) AS many FROM (SELECT 1 FROM local_training_metrics WHERE job_id = ? AND step > ? AND step <= ? LIMIT ?)'
  return Number(jobs.rows(sql).get(jobId, since, until, points + 1)?.many) > points
}

/** The first and the last step, and for each name those that show its curve. */
function stepsToShow(jobs: JobsDatabase, call: Sample): ReadonlySet<number> {
  const { jobId, keys, points } = call
  const known = jobs.pointsOf(jobId)
  const steps = new Set(endsOf(jobs, call))
  let left = points - steps.size
  if (left < 1) return steps
  const names = (keys ?? known.names)
    .filter((name) => known.places.has(name))
    .slice(0, Math.max(1, Math.floor(left / 2)))
  const each = Math.floor(left / Math.max(1, names.length))
  // What a name with few values does not need, the others get.
  const curves = curveOf(jobs, { jobId, since: call.since, until: call.until ?? noEnd }, names, each)
  const fewestFirst = curves.toSorted((one, other) => one.length - other.length)
  fewestFirst.forEach((spots, at) => {
    const chosen = chooseSteps(spots, Math.floor(left / (curves.length - at)), steps)
    left -= chosen.length
    for (const step of chosen) steps.add(step)
  })
  if (keys === undefined && left > 0) for (const step of spread(jobs, call, left, steps)) steps.add(step)
  return steps
}

/** So many steps besides those that are shown, spread over all: the curves have too few values to use them up. */
function spread(
  jobs: JobsDatabase,
  { jobId, since, until = noEnd }: Sample,
  count: number,
  shown: ReadonlySet<number>,
): readonly number[] {
  const sql =
    'SELECT step FROM local_training_metrics WHERE job_id = ? AND step > ? AND step <= ? ORDER BY step'
  const rest = jobs
    .rows(sql)
    .all(jobId, since, until)
    .map(({ step }) => Number(step))
    .filter((step) => !shown.has(step))
  return evenly(rest, count)
}

function endsOf(jobs: JobsDatabase, { jobId, since, until = noEnd, points }: Sample): readonly number[] {
  const sql = (end: string) =>
    `SELECT ${end}(step) AS step FROM local_training_metrics WHERE job_id = ? AND step > ? AND step <= ?`
  return ['max', 'min']
    .slice(0, points)
    .map((end) => Number(jobs.rows(sql(end)).get(jobId, since, until)?.step))
}

function textOf(rows: readonly MetricRow[], keys: readonly string[] | undefined, lastId: number): PointsText {
  const wanted = keys && new Set(keys)
  const text = rows.map((row) => rowText(row, wanted)).join(',')
  const last = rows.at(-1)
  return { text, count: rows.length, lastStep: last && Number(last[1]), lastId }
}
