import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { answer, topkFor } from './answer.ts'
import { type InferAnswer, type InferRequest, inferAnswerSchema, inferRequestSchema } from './infer-schema.ts'
import { positionCache, replay } from './replay.ts'
import { unavailable } from './request-problem.ts'
import type { Serving } from './served-model.ts'

/** What the routes need of the service. */
export interface InferenceRouteOptions {
  serving(): Serving
  readonly topkDefault: number
}

/** POST /infer. Reading the body as JSON and wording what does not fit the schema is http's part. */
export function inferenceRoutes(options: InferenceRouteOptions): FastifyPluginAsync {
  const infer = inferer(options)
  return async (app) => {
    app.post<{ Body: InferRequest }>('/infer', {
      config: { access: 'read', activity: true },
      schema: {
        summary: 'The next move: what the model would play, and the best legal one',
        tags: ['inference'],
        body: inferRequestSchema,
        response: { 200: inferAnswerSchema },
      },
      handler: async ({ body }, reply): Promise<InferAnswer> => {
        const startedAt = performance.now()
        const result = await infer(body, closed(reply))
        return { ...result, latency_ms: Number((performance.now() - startedAt).toFixed(3)) }
      },
    })
  }
}

type Infer = (request: InferRequest, left: AbortSignal) => Promise<Omit<InferAnswer, 'latency_ms'>>

function inferer(options: InferenceRouteOptions): Infer {
  const positions = positionCache()
  return async ({ context, winner_side: winnerSide = 'W', topk }, left) => {
    const position = replay(context, positions)
    const serving = options.serving()
    if (serving.type === 'down') throw unavailable(serving.reason)
    const { served } = serving
    const game = { moves: context, startFen: undefined, position, history: () => [position] }
    const { scores } = await served.ask(served.family.encode(game, winnerSide), left)
    return answer(scores, position, {
      served,
      topk: topkFor(topk, options.topkDefault, served.family.size),
    })
  }
}

/** Aborts when nobody can hear the answer any more. fastify's own signal aborts as soon as the body was read. */
function closed(reply: FastifyReply): AbortSignal {
  const left = new AbortController()
  reply.raw.once('close', () => left.abort())
  return left.signal
}
