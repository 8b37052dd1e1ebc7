import type { FastifyInstance, FastifyRequest } from 'fastify'
import { pause } from '../../supervisor/time.ts'
import { jobView, type SavedJob, withCounts } from './job.ts'
import { noSuchJob } from './job-problem.ts'
import { streamSchema } from './job-schemas.ts'
import type { JobsDesk } from './jobs-desk.ts'
import type { LiveJob } from './live-job.ts'

const pointsPerRead = 500
const retryMs = 1000

type Stream = ReturnType<FastifyInstance['eventStream']>
type StreamRequest = FastifyRequest<{ Params: { id: string }; Querystring: { after?: string } }>

/** GET /api/training/jobs/:id/stream: points as they come, and the job when it changes; resumable by row id. */
export function streamRoute(app: FastifyInstance, desk: JobsDesk): void {
  app.get<{ Params: { id: string }; Querystring: { after?: string } }>(
    '/api/training/jobs/:id/stream',
    { config: { access: 'read' }, schema: streamSchema },
    async (request, reply) => {
      const live = await desk.book.find(request.params.id)
      if (!live) throw noSuchJob(request.params.id)
      const after = await startOf(request, desk)
      void follow(app.eventStream(request, reply), live, after, desk)
      return reply
    },
  )
}

/** Without a place to go on from it begins with what comes next; one that was never reached is of another file. */
async function startOf(request: StreamRequest, { options: { store } }: JobsDesk): Promise<number> {
  const header = request.headers['last-event-id']
  const text = typeof header === 'string' ? header : request.query.after
  const nothing = { jobId: request.params.id, since: Number.MAX_SAFE_INTEGER, limit: 1 }
  const { lastId } = await store.page(nothing)
  if (text === undefined || !/^\d{1,15}$/.test(text)) return lastId
  return Number(text) <= lastId ? Number(text) : 0
}

// The store keeps the points, a client is only a place in them: nothing is buffered for whoever reads slowly.
async function follow(stream: Stream, live: LiveJob, after: number, desk: JobsDesk): Promise<void> {
  const { timings, book } = desk
  const bell = newBell()
  book.listen(live.job.id, bell.ring, stream.ended)
  stream.onRoom(bell.ring)
  stream.ended.addEventListener('abort', bell.ring, { once: true })
  let last = after
  let shown: SavedJob | undefined
  while (!stream.ended.aborted) {
    const rung = bell.next()
    try {
      if (live.job !== shown) shown = await sendJob(stream, live, last, desk)
      const read = stream.full() ? { last, isAll: true } : await sendPoints(stream, live, last, desk)
      last = read.last
      if (read.isAll) await rung
      if (read.isAll) await pause(timings.streamMs, stream.ended)
    } catch {
      await pause(retryMs, stream.ended) // the volume is away: the client keeps its place meanwhile
    }
  }
}

/** Its id is the place in the points: who is cut off before the first of them misses none. */
async function sendJob(stream: Stream, live: LiveJob, last: number, desk: JobsDesk): Promise<SavedJob> {
  const now = live.job
  const kept = await desk.options.store.find(now.id)
  stream.send({ id: String(last), event: 'job', data: jobView(withCounts(now, kept ?? now)) })
  return now
}

async function sendPoints(stream: Stream, live: LiveJob, last: number, { options: { store } }: JobsDesk) {
  const points = await store.after(live.job.id, last, pointsPerRead)
  for (const { id, values } of points) stream.send({ id: String(id), event: 'metrics', data: values })
  return { last: points.at(-1)?.id ?? last, isAll: points.length < pointsPerRead }
}

/** Whoever waits for `next` is woken by the first ring after it was asked for. */
function newBell() {
  let waiting = Promise.withResolvers<void>()
  return {
    ring() {
      waiting.resolve()
      waiting = Promise.withResolvers<void>()
    },
    next: () => waiting.promise,
  }
}
