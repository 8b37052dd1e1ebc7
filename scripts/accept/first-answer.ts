import { setTimeout as pause } from 'node:timers/promises'

/** Asks until the answer is 200, and gives it; rejects when `stop` aborts first. */
export async function firstAnswer(
  url: string,
  body: string | undefined,
  stop: AbortSignal,
): Promise<unknown> {
  const question = body === undefined ? {} : { method: 'POST', body }
  for (;;) {
    stop.throwIfAborted()
    const answer = await fetch(url, { ...question, signal: stop }).catch(() => undefined) // nobody listens yet
    if (answer?.ok) return await answer.json()
    await answer?.body?.cancel()
    await pause(5)
  }
}

/** What a newcomer asks first. */
export const firstQuestion = JSON.stringify({ context: ['e2e4', 'e7e5'], topk: 5 })
