import type { FastifyPluginAsync } from 'fastify'
import type { JsonObject } from '../../supervisor/service.ts'
import { settledWithin } from '../../supervisor/time.ts'
import { artifactsSchema, flushSchema } from './artifact-schema.ts'
import { type ArtifactsState, artifactsView, flushView } from './artifacts-view.ts'
import type { FlushBook, FlushRecord } from './flush-book.ts'
import type { ArtifactsOptions } from './options.ts'

/** What the routes need of the service. */
export interface ArtifactRouteOptions {
  readonly options: Pick<ArtifactsOptions, 'disabled' | 'answerMs' | 'flushDeadlineMs'>
  state(): ArtifactsState
  /** Throws a PodError (NOT_RUNNING) while there is no uploader. */
  flush(deadlineMs: number): ReturnType<FlushBook['begin']>
  records(): readonly FlushRecord[]
}

const entries = 20
const namesLeft = 1000
/** Proxies cut a request that has no answer after 30 s. */
const usualAnswerMs = 25_000

/** Refuses what can never be done here. */
class UploadsDisabled extends Error {
  readonly statusCode = 409
  readonly title = 'Nothing is uploaded here'
}

/** GET /artifacts and POST /artifacts/flush. */
export function artifactRoutes({ options, state, flush, records }: ArtifactRouteOptions): FastifyPluginAsync {
  const recordOf = (id: number) => records().find((record) => record.id === id)
  return async (app) => {
    app.get('/artifacts', { config: { access: 'read' }, schema: artifactsSchema }, () =>
      artifactsView(state(), entries),
    )
    app.post<{ Body: { deadline_seconds?: number } | null }>(
      '/artifacts/flush',
      { config: { access: 'change', activity: true }, schema: flushSchema },
      async ({ body }, reply) => {
        if (options.disabled !== undefined) throw new UploadsDisabled(`uploading is off: ${options.disabled}`)
        const seconds = body?.deadline_seconds
        const { id, outcome } = flush(seconds === undefined ? options.flushDeadlineMs : seconds * 1000)
        const isDone = await settledWithin(outcome, options.answerMs ?? usualAnswerMs)
        const record = recordOf(id)
        return reply.code(isDone ? 200 : 202).send(answer(record, isDone ? undefined : state()))
      },
    )
  }
}

/** A flush that goes on is told with what is pending now. */
function answer(record: FlushRecord | undefined, goesOn: ArtifactsState | undefined): JsonObject {
  const view = record ? flushView(record, namesLeft) : {}
  const report = goesOn?.report
  return report ? { ...view, pending: { files: report.pendingFiles, bytes: report.pendingBytes } } : view
}
