import type { FastifyInstance } from 'fastify'
import { bearer } from './bearer.ts'
import { ended, jobView, withCounts } from './job.ts'
import { JobProblem } from './job-problem.ts'
import { endSchema } from './job-schemas.ts'
import type { JobsDesk } from './jobs-desk.ts'

interface End {
  readonly status: 'completed' | 'failed' | 'cancelled'
  readonly reason?: string
}

/** PATCH /api/training/jobs/:id: how a job that is run by hand has ended; nobody else can know. */
export function endRoute(app: FastifyInstance, { book, options }: JobsDesk): void {
  app.patch<{ Params: { id: string }; Body: End }>(
    '/api/training/jobs/:id',
    { config: { access: 'open' }, schema: endSchema },
    async ({ params: { id }, headers, body: { status, reason = null } }) => {
      const live = await book.demand(id, bearer(headers.authorization))
      if (live.job.source === 'trainer')
        throw new JobProblem(
          409,
          'Conflict',
          'this job is run by the trainer service, which sees how it ends',
        )
      const end = { status, reason, exitCode: null, signal: null, error: null } as const
      book.change(live, ended(live.job, end, Date.now()))
      await book.save(id)
      return jobView(withCounts(live.job, (await options.store.find(id)) ?? live.job))
    },
  )
}
