import type { JobRecord, SavedJob } from '../../jobs-calls.ts'
import type { JobsDatabase } from './jobs-database.ts'

type Value = string | number | null
type Row = Readonly<Record<string, unknown>>

/** Which column each field of a job is kept in. */
const columns = {
  id: 'id',
  name: 'model_name',
  status: 'status',
  token: 'job_token',
  source: 'source',
  command: 'command',
  exitCode: 'exit_code',
  signal: 'signal',
  reason: 'reason',
  error: 'error_message',
  attempts: 'attempts',
  runId: 'run_id',
  createdAt: 'created_at',
  startedAt: 'started_at',
  endedAt: 'completed_at',
} as const satisfies Readonly<Record<keyof SavedJob, string>>
const counted = {
  lastStep: 'last_step',
  lastLoss: 'last_loss',
  progress: 'progress',
  totalPoints: 'total_points',
} as const satisfies Readonly<Record<Exclude<keyof JobRecord, keyof SavedJob>, string>>

const fields = Object.entries({ ...columns, ...counted })
const selectSql = `SELECT ${fields.map(([field, column]) => `${column} AS ${field}`).join(', ')} FROM local_training_jobs`
const names = Object.values(columns)
const saveSql = `
  INSERT INTO local_training_jobs (${names.join(', ')}, updated_at) VALUES (${names.map(() => '?').join(', ')}, ?)
  ON CONFLICT (id) DO UPDATE SET ${[...names, 'updated_at'].map((name) => `${name} = excluded.${name}`).join(', ')}`

/** Writes what others decide about a job; what is counted from its points stays. */
export function saveJob(jobs: JobsDatabase, job: SavedJob, nowMs: number): void {
  // `columns` names every field, each of which is one of these.
  const values = Object.keys(columns).map((field) => job[field as keyof SavedJob]) as Value[]
  jobs.rows(saveSql).run(...values, nowMs)
}

/** Newest first. */
export function listJobs(jobs: JobsDatabase, limit: number): readonly JobRecord[] {
  const rows = jobs.rows(`${selectSql} ORDER BY created_at DESC, rowid DESC LIMIT ?`).all(limit)
  return rows.map(recordOf)
}

export function findJob(jobs: JobsDatabase, id: string): JobRecord | undefined {
  const row = jobs.rows(`${selectSql} WHERE id = ?`).get(id)
  return row && recordOf(row)
}

/**
 * Fails what an earlier run of podmate left running: its end is that of its last point. What somebody runs by hand lives on
 * when only podmate has ended, in the same start of the container: that is what `runId` says before its slash. Gives the ids.
 */
export function failLeftJobs(jobs: JobsDatabase, runId: string, reason: string): readonly string[] {
  const container = runId.slice(0, runId.indexOf('/') + 1)
  const adopt = `
    UPDATE local_training_jobs SET run_id = ?1
    WHERE status = 'running' AND source = 'hand' AND ?2 <> '' AND substr(run_id, 1, length(?2)) = ?2`
  jobs.rows(adopt).run(runId, container)
  const fail = `
    UPDATE local_training_jobs
    SET status = 'failed', reason = ?, completed_at = max(updated_at, coalesce(started_at, updated_at))
    WHERE status = 'running' AND run_id <> ? RETURNING id`
  return jobs
    .rows(fail)
    .all(reason, runId)
    .map(({ id }) => String(id))
}

function recordOf(row: Row): JobRecord {
  return { ...row } as unknown as JobRecord // the columns of `fields`, whose types the schema holds
}
