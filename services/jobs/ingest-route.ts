import type { FastifyPluginAsync } from 'fastify'
import { bearer } from './bearer.ts'
import { JobProblem } from './job-problem.ts'
import { ingestSchema } from './job-schemas.ts'
import type { JobsDesk } from './jobs-desk.ts'
import { parseLenientJson } from './lenient-json.ts'
import { readPoints } from './read-points.ts'
import { takePoints } from './take-points.ts'

const bodyLimit = 8 << 20

/** POST /api/training/jobs/:id/metrics: one point or an array; the answer comes when they are on disk. */
export function ingestRoute({ book, taking }: JobsDesk): FastifyPluginAsync {
  return async (app) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser<string>('*', { parseAs: 'string', bodyLimit }, (_request, text, done) => {
      try {
        done(null, text === '' ? null : parseLenientJson(text))
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        done(new JobProblem(400, 'Bad Request', `the body is not valid JSON: ${why}`))
      }
    })
    app.post<{ Params: { id: string } }>(
      '/api/training/jobs/:id/metrics',
      {
        config: { access: 'open' },
        schema: ingestSchema,
        bodyLimit,
        // `readPoints` looks at each field once, and says more about it.
        validatorCompiler: () => () => true,
        // Before the body is read: what comes from nobody's job costs nothing.
        onRequest: async ({ params, headers }) =>
          void (await book.demand(params.id, bearer(headers.authorization))),
        errorHandler(error) {
          throw error.code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? tooLong() : error
        },
      },
      async ({ params: { id }, headers, body }) => {
        const live = await book.demand(id, bearer(headers.authorization))
        const { continued, replaced } = await takePoints(taking, live, readPoints(id, body, Date.now()))
        return {
          status: 'ok',
          ...(continued > 0 ? { continued } : {}),
          ...(replaced > 0 ? { replaced } : {}),
        }
      },
    )
  }
}

function tooLong(): JobProblem {
  return new JobProblem(413, 'Payload Too Large', 'the body is longer than 8 MB; send fewer points at once')
}
