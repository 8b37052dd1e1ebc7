import { firstAnswer, firstQuestion } from '../accept/first-answer.ts'
import { startPod } from '../accept/start-pod.ts'
import type { Comparison } from './comparison.ts'
import { type Load, load } from './load.ts'

const forMs = 3000

/** /infer of a whole pod, with /healthz of the same pod as the floor: what HTTP alone costs. */
export async function benchRequests(): Promise<readonly Comparison[]> {
  const pod = await startPod()
  try {
    await firstAnswer(`${pod.url}/infer`, firstQuestion, AbortSignal.timeout(30_000))
    const found: Comparison[] = []
    for (const clients of [1, 8]) found.push(await compare(pod.url, clients))
    return found
  } finally {
    await pod.end()
  }
}

async function compare(url: string, clients: number): Promise<Comparison> {
  const ours = await load(`${url}/infer`, firstQuestion, clients, forMs)
  const floor = await load(`${url}/healthz`, undefined, clients, forMs)
  return {
    what: `/infer, ${clients} ${clients === 1 ? 'client' : 'clients'}`,
    ours: inWords(ours),
    reference: `${inWords(floor)} (/healthz)`,
    ratio: ours.perSecond / floor.perSecond,
  }
}

function inWords({ perSecond, p50Ms, p99Ms }: Load): string {
  return `${Math.round(perSecond)}/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`
}
