import pRetry from 'p-retry'
import type { ServiceContext } from '../../supervisor/service.ts'
import { pause } from '../../supervisor/time.ts'
import type { KeptPoint } from './job-store.ts'
import type { JobsDesk } from './jobs-desk.ts'
import type { Remote } from './options.ts'
import { NotTaken, sendPoints } from './send-points.ts'

const mostAtOnce = 500
/** After a refusal so many go one by one: one of them may be at fault, or arrays are not taken at all. */
const singlesAfterRefusal = 100
const longestRetryAfterMs = 60_000

/** How many points still go one by one. */
interface Pace {
  singles: number
}

/**
 * Sends the points of one job to a control plane in the order in which they came, each until it is taken; how far it came is
 * kept on disk. At `stop` what is left goes up as long as it goes without trouble.
 */
export async function forwardPoints(desk: JobsDesk, remote: Remote, ctx: ServiceContext): Promise<void> {
  const pace: Pace = { singles: 0 }
  let news: Promise<void> | undefined
  while (!ctx.stop.aborted) {
    // Before the store is read: what comes while it is must not be overlooked.
    news ??= newsOf(desk, remote, ctx.stop).then(() => {
      news = undefined
    })
    const sent = await untilTaken(desk, ctx, () => sendNext(desk, remote, pace, ctx.stop))
    if (sent === 0) await news
  }
  const last = async () => {
    while (!ctx.kill.aborted && (await sendNext(desk, remote, pace, ctx.kill)) > 0);
  }
  await last().catch((err) => ctx.log.warn({ err }, 'metrics are left to be forwarded at the next start'))
}

/** Settles when something of the job is new, or when `stop` aborts. */
function newsOf({ book }: JobsDesk, { jobId }: Remote, stop: AbortSignal): Promise<void> {
  const over = new AbortController()
  return new Promise((resolve) => {
    const done = () => {
      stop.removeEventListener('abort', done)
      over.abort()
      resolve()
    }
    stop.addEventListener('abort', done, { once: true })
    book.listen(jobId, done, over.signal)
  })
}

/** Tries with growing pauses; 0 when `stop` aborted. */
async function untilTaken(desk: JobsDesk, ctx: ServiceContext, send: () => Promise<number>): Promise<number> {
  const { retryFirstMs, retryCapMs } = desk.timings
  try {
    const sent = await pRetry(send, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: retryFirstMs,
      maxTimeout: retryCapMs,
      randomize: true,
      signal: ctx.stop,
      async onFailedAttempt({ error }) {
        tellProblem(desk, error, ctx)
        const asked = error instanceof NotTaken ? (error.retryAfterMs ?? 0) : 0
        await pause(Math.min(asked, longestRetryAfterMs), ctx.stop)
      },
    })
    if (desk.forwarding.problem !== undefined) ctx.notice('info', 'metrics are forwarded again')
    desk.forwarding.problem = undefined
    return sent
  } catch (error) {
    if (ctx.stop.aborted) return 0
    throw error
  }
}

function tellProblem({ forwarding }: JobsDesk, error: Error, ctx: ServiceContext): void {
  if (ctx.stop.aborted) return
  if (forwarding.problem === undefined)
    ctx.notice('warn', `metrics wait to be forwarded to METRICS_API_URL: ${error.message}`)
  forwarding.problem = error.message
}

/** Sends the next points and remembers it; gives how many went. */
async function sendNext(desk: JobsDesk, remote: Remote, pace: Pace, signal: AbortSignal): Promise<number> {
  const { store } = desk.options
  const cursor = await store.cursor(remote.jobId, remote.url)
  const points = await store.after(remote.jobId, cursor, pace.singles > 0 ? 1 : mostAtOnce)
  const last = points.at(-1)
  if (!last) return 0
  const taken = await sendPoints(remote, points, desk.timings.requestMs, signal)
  if (!taken && points.length > 1) {
    pace.singles = singlesAfterRefusal
    return await sendNext(desk, remote, pace, signal)
  }
  if (!taken) tellRefused(desk, last)
  await store.saveCursor(remote.jobId, remote.url, last.id)
  pace.singles = Math.max(0, pace.singles - 1)
  return points.length
}

function tellRefused({ forwarding, ctx }: JobsDesk, { values }: KeptPoint): void {
  forwarding.refused += 1
  if (forwarding.refused === 1)
    ctx?.notice(
      'warn',
      `the control plane refuses the metrics of step ${values.step}; they are kept here only`,
    )
}
