import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { noSuchJob } from './job-problem.ts'
import { metricsSchema } from './job-schemas.ts'
import type { JobStore, PointsAsked, PointsText } from './job-store.ts'
import type { JobsDesk } from './jobs-desk.ts'

const pointsPerPage = 2000

interface Query {
  readonly since?: string
  readonly until?: string
  readonly points?: string
  readonly keys?: string
}

/** GET /api/training/jobs/:id/metrics: every point, or at most so many that draw the same curves. */
export function metricsRoute(app: FastifyInstance, { book, options: { store } }: JobsDesk): void {
  app.get<{ Params: { id: string }; Querystring: Query }>(
    '/api/training/jobs/:id/metrics',
    { config: { access: 'read' }, schema: metricsSchema },
    async ({ params: { id }, query }, reply) => {
      if (!(await book.find(id))) throw noSuchJob(id)
      const asked = askedFor(id, query)
      reply.type('application/json; charset=utf-8')
      if (query.points !== undefined) {
        const points = Math.max(2, Number(query.points))
        const { text, lastId } = await store.sample({ ...asked, points })
        return reply.send(`{"metrics":[${text}],"last_id":${lastId}}`)
      }
      const first = await store.page({ ...asked, limit: pointsPerPage })
      return reply.send(Readable.from(pages(store, asked, first)))
    },
  )
}

/** Without `since` also step 0 is after it. */
function askedFor(jobId: string, { since, until, keys }: Query): PointsAsked {
  const names = keys
    ?.split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '')
  const end = until === undefined ? {} : { until: Number(until) }
  return { jobId, since: Number(since ?? -1), ...end, ...(names && names.length > 0 ? { keys: names } : {}) }
}

async function* pages(store: JobStore, asked: PointsAsked, first: PointsText): AsyncGenerator<string> {
  yield `{"metrics":[${first.text}`
  let page = first
  while (page.count === pointsPerPage && page.lastStep !== undefined) {
    page = await store.page({ ...asked, since: page.lastStep, limit: pointsPerPage })
    if (page.count > 0) yield `,${page.text}`
  }
  // Of the first page: what came while the others were read is told again by whoever goes on from here.
  yield `],"last_id":${first.lastId}}`
}
