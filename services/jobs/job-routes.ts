import { randomBytes, randomUUID } from 'node:crypto'
import type { FastifyPluginAsync } from 'fastify'
import { endRoute } from './end-route.ts'
import { ingestRoute } from './ingest-route.ts'
import { jobView, newJob } from './job.ts'
import { noSuchJob } from './job-problem.ts'
import { createSchema, jobSchema, listSchema } from './job-schemas.ts'
import type { JobsDesk } from './jobs-desk.ts'
import { metricsRoute } from './metrics-route.ts'
import { streamRoute } from './stream-route.ts'

const listedAtMost = 200

/** Everything under /api/training/jobs. */
export function jobRoutes(desk: JobsDesk): FastifyPluginAsync {
  const { book, options } = desk
  return async (app) => {
    app.get('/api/training/jobs', { config: { access: 'read' }, schema: listSchema }, async () => ({
      jobs: (await options.store.list(listedAtMost)).map(jobView),
    }))
    app.get<{ Params: { id: string } }>(
      '/api/training/jobs/:id',
      { config: { access: 'read' }, schema: jobSchema },
      async ({ params: { id } }) => {
        const found = await options.store.find(id)
        if (!found) throw noSuchJob(id)
        return jobView(found)
      },
    )
    app.post<{ Body: { name: string } }>(
      '/api/training/jobs',
      { config: { access: 'change', activity: true }, schema: createSchema },
      async ({ body: { name } }, reply) => {
        const token = randomBytes(24).toString('base64url')
        const fixed = { id: randomUUID(), token, source: 'hand', command: null } as const
        const job = newJob({ ...fixed, name, runId: options.runId }, Date.now())
        await options.store.save(job)
        options.hide(token)
        book.meet(job)
        const url = options.localUrl()
        const address = url === undefined ? null : `${url}/api/training/jobs`
        return reply.code(201).send({ id: job.id, job_token: token, metrics_api_url: address })
      },
    )
    await app.register(ingestRoute(desk))
    metricsRoute(app, desk)
    streamRoute(app, desk)
    endRoute(app, desk)
  }
}
