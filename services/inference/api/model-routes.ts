import type { FastifyPluginAsync } from 'fastify'
import type { JsonObject } from '../../../supervisor/service.ts'
import { isInside } from '../model-host/files/is-inside.ts'
import { RequestProblem, unavailable } from '../request-problem.ts'
import type { ModelChoice } from '../serving/model-choice.ts'
import type { ModelDesk, Wish } from '../serving/model-desk.ts'
import type { ServedModel, Serving } from '../serving/served-model.ts'
import { changeSchema, modelsSchema, rollbackSchema } from './model-schema.ts'

/** What the routes need of the service. */
export interface ModelRouteOptions {
  serving(): Serving
  readonly choice: ModelChoice
  readonly desk: ModelDesk
}

/** GET /models, POST /model and POST /model/rollback. */
export function modelRoutes(options: ModelRouteOptions): FastifyPluginAsync {
  const { choice } = options
  return async (app) => {
    app.get('/models', { config: { access: 'read' }, schema: modelsSchema }, () => listed(options))
    app.post<{ Body: { path: string } }>(
      '/model',
      { config: { access: 'change', activity: true }, schema: changeSchema },
      ({ body }) => changed(options, wishFor(body.path, choice)),
    )
    app.post(
      '/model/rollback',
      { config: { access: 'change', activity: true }, schema: rollbackSchema },
      () => changed(options, { type: 'rollback' }),
    )
  }
}

/** Links are looked through by the model host: this process touches no volume. */
function wishFor(path: string, { settings }: ModelChoice): Wish {
  if (path === 'latest') return { type: 'latest' }
  const places = [...settings.artifactDirs, settings.bundledModel]
  if (path.startsWith('/') && isInside(path, places)) return { type: 'use', path }
  throw new RequestProblem(
    400,
    'Bad Request',
    `${JSON.stringify(path.slice(0, 300))} is not "latest" and no absolute path under ${places.join(', ')}.`,
  )
}

async function changed({ choice, desk }: ModelRouteOptions, wish: Wish): Promise<JsonObject> {
  if (!desk.isOpen) throw takenLater(choice, wish)
  const served = await desk.ask(wish)
  return { ...facts(served), following: choice.following }
}

/** Without a running service nothing can be tried, but a service that fails for its model must be mendable. */
function takenLater(choice: ModelChoice, wish: Wish): Error {
  if (wish.type === 'use') choice.pin(choice.named(wish.path))
  if (wish.type === 'latest') choice.followLatest()
  const noted = wish.type === 'rollback' ? '' : '; what you asked for is taken at its next start'
  return unavailable(`Inference is not running${noted}: \`podctl restart inference\` starts it at once.`)
}

function listed({ serving, choice }: ModelRouteOptions): JsonObject {
  const now = serving()
  const served = now.type === 'up' ? now.served : undefined
  return {
    serving: served ? facts(served) : null,
    ...(now.type === 'down' ? { reason: now.reason } : {}),
    following: choice.following,
    pinned: choice.pinned,
    previous: choice.previous?.path ?? null,
    candidates: choice.candidates.map(({ path, bytes, mtimeMs, quality }) => ({
      path,
      bytes,
      quality: quality ? { ...quality } : null,
      mtime: new Date(mtimeMs).toISOString(),
      serving: path === served?.model.path,
    })),
    rejected: choice.rejections.list().map(({ path, reason }) => ({ path, reason })),
  }
}

function facts({ model, generation }: ServedModel) {
  const quality = model.quality ? { ...model.quality } : null
  return { generation, model_path: model.path, source: model.source, device: model.device, quality }
}
