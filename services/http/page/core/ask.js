/** The address of this page: everything is asked for relative to it, so that any prefix of a proxy fits. */
export const home = new URL('.', document.baseURI)

/** An answer that is not 2xx, or none at all (status 0); the message is the pod's own sentence. */
export class Refusal extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message)
    this.status = status
  }
}

/**
 * Asks the pod for JSON; rejects with a Refusal.
 * @param {string} path
 * @param {{ method?: string, body?: unknown, timeoutMs?: number, signal?: AbortSignal }} [options]
 * @returns {Promise<any>} what the routes answer is described in shapes.d.ts
 */
export async function ask(path, { method = 'GET', body, timeoutMs = 20_000, signal } = {}) {
  const timeout = AbortSignal.timeout(timeoutMs)
  const response = await fetch(new URL(path, home), {
    method,
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  }).catch((error) => {
    if (signal?.aborted) throw signal.reason
    throw new Refusal(
      0,
      timeout.aborted ? 'the pod does not answer' : `the pod cannot be reached (${error.message})`,
    )
  })
  learnTime(response.headers.get('date'))
  const answer = await response.json().catch(() => undefined)
  if (response.ok && answer !== undefined) return answer
  throw new Refusal(response.status, sentence(answer, response))
}

/** @param {unknown} answer @param {Response} response */
function sentence(answer, response) {
  if (typeof answer === 'object' && answer !== null) {
    const said = 'detail' in answer ? answer.detail : 'message' in answer ? answer.message : undefined
    if (typeof said === 'string') return said
  }
  return `the pod answered ${response.status} ${response.statusText}`.trim()
}

/** How far the pod's clock is ahead of this browser's. */
let aheadMs = 0

/** @param {string | null} date */
function learnTime(date) {
  const apart = Date.parse(date ?? '') - Date.now()
  // The header counts whole seconds: less than that is no difference.
  if (Number.isFinite(apart)) aheadMs = Math.abs(apart) < 2500 ? 0 : apart
}

/** The pod's clock, epoch milliseconds. */
export function podNow() {
  return Date.now() + aheadMs
}

export function podAheadMs() {
  return aheadMs
}
