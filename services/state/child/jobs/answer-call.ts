import type { JobsCallName, JobsCallOf, JobsReplies } from '../../jobs-calls.ts'
import { addPoints } from './add-points.ts'
import type { JobsDatabase } from './jobs-database.ts'
import { failLeftJobs, findJob, listJobs, saveJob } from './jobs-table.ts'
import { readAfter, readPage, readSample } from './read-points.ts'

type Answers = {
  readonly [Name in JobsCallName]: (jobs: JobsDatabase, call: JobsCallOf<Name>) => JobsReplies[Name]
}

const answers: Answers = {
  recover: (jobs, { runId, reason }) => jobs.transaction(() => failLeftJobs(jobs, runId, reason)),
  save: (jobs, { job }) => jobs.transaction(() => void saveJob(jobs, job, Date.now())),
  list: (jobs, { limit }) => listJobs(jobs, limit),
  find: (jobs, { id }) => findJob(jobs, id),
  add: (jobs, { batches }) => jobs.transaction(() => batches.map((batch) => addPoints(jobs, batch))),
  page: readPage,
  sample: readSample,
  after: readAfter,
  cursor(jobs, { jobId, url }) {
    const sql = 'SELECT metric_id FROM local_training_forwards WHERE job_id = ? AND url = ?'
    return Number(jobs.rows(sql).get(jobId, url)?.metric_id ?? 0)
  },
  'save-cursor': (jobs, { jobId, url, id }) => {
    const sql =
      'INSERT INTO local_training_forwards (job_id, url, metric_id) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET metric_id = excluded.metric_id'
    jobs.transaction(() => void jobs.rows(sql).run(jobId, url, id))
    return undefined
  },
}

/** Does one call on the open database; what it changes is on disk when it returns. Throws SQLite's errors. */
export function answerCall<Name extends JobsCallName>(
  jobs: JobsDatabase,
  call: JobsCallOf<Name>,
): JobsReplies[Name] {
  // TypeScript does not see that the answer found under a name takes calls of that name.
  const answer = answers[call.call] as Answers[Name]
  return answer(jobs, call)
}
