import type { KeptPoint } from './job-store.ts'
import type { Remote } from './options.ts'

/** What a control plane answered. */
export interface SendAnswer {
  readonly status: number
  readonly retryAfterMs: number | undefined
  /** HTML is what sites answer to addresses that they do not know. */
  readonly isPage: boolean
}

/** A control plane did not take points now; it may later. The message says what to do, and shows no token. */
export class NotTaken extends Error {
  readonly retryAfterMs: number | undefined

  constructor(message: string, retryAfterMs: number | undefined, cause?: unknown) {
    super(message, { cause })
    this.retryAfterMs = retryAfterMs
  }
}

const remedies: Readonly<Record<number, string>> = {
  401: 'JOB_ID and JOB_TOKEN are not those of the control plane; correct them',
  403: 'JOB_TOKEN may not write to this job',
  404: 'METRICS_API_URL has no such job; it must end before /<JOB_ID>/metrics',
}
const refusedForGood: readonly number[] = [400, 413, 422]

/**
 * Posts points, as an array, or as an object when it is one. True: taken; false: refused for what they are. Rejects with
 * NotTaken when it may go better later.
 */
export async function sendPoints(
  remote: Remote,
  points: readonly KeptPoint[],
  ms: number,
  signal: AbortSignal,
): Promise<boolean> {
  const bodies = points.map(({ values }) => values)
  const { status, retryAfterMs, isPage } = await post(
    remote,
    bodies.length === 1 ? bodies[0] : bodies,
    ms,
    signal,
  )
  if (status >= 200 && status < 300 && !isPage) return true
  if (status >= 200 && status < 300)
    throw new NotTaken(
      'the control plane answered with a web page: METRICS_API_URL must be the address of its API',
      retryAfterMs,
    )
  if (refusedForGood.includes(status)) return false
  const remedy = remedies[status] ?? 'it is tried again'
  throw new NotTaken(`the control plane answered ${status}: ${remedy}`, retryAfterMs)
}

async function post(remote: Remote, body: unknown, ms: number, signal: AbortSignal): Promise<SendAnswer> {
  const address = `${remote.url}/${encodeURIComponent(remote.jobId)}/metrics`
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${remote.token}` },
      body: JSON.stringify(body),
      redirect: 'manual', // the token is for this address
      signal: AbortSignal.any([signal, AbortSignal.timeout(ms)]),
    })
    await response.body?.cancel()
    const { status, headers } = response
    const isPage = headers.get('content-type')?.startsWith('text/html') === true
    return { status, isPage, retryAfterMs: retryAfter(headers.get('retry-after')) }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new NotTaken(`the control plane does not answer: ${why}; it is tried again`, undefined, error)
  }
}

function retryAfter(header: string | null): number | undefined {
  return header !== null && /^\d{1,5}$/.test(header) ? Number(header) * 1000 : undefined
}
