import { basename } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ModelPod } from './model-pod.ts'

const contexts = [[], ['e2e4'], ['e2e4', 'e7e5', 'g1f3'], ['d2d4', 'd7d5', 'c2c4', 'e7e6']] as const

/** What clients heard. */
export interface Heard {
  /** Answers with status 200. */
  answers: number
  /** 503 with Retry-After. */
  unavailable: number
  /** Everything else that is no answer, in words. */
  readonly failures: string[]
  /** Answers that are not those of the model that they name, in words. */
  readonly wrong: string[]
  /** Which file each generation was. */
  readonly generations: Map<number, string>
}

interface Answer {
  readonly generation: number
  readonly model_path: string
  readonly predicted_uci: string
}

/** Clients that ask without a pause until `over`; the model of each file is known by the move in its name. */
export function askingClients(
  pod: ModelPod,
  clients: number,
  over: AbortSignal,
): { heard: Heard; ended: Promise<void> } {
  const heard: Heard = { answers: 0, unavailable: 0, failures: [], wrong: [], generations: new Map() }
  const url = new URL('/infer', pod.url)
  const client = async (number: number) => {
    for (let at = number; !over.aborted; at += 1) {
      const body = JSON.stringify({ context: contexts[at % contexts.length], topk: 1 })
      const response = await fetch(url, { method: 'POST', headers: pod.headers, body })
      const answer: unknown = await response.json()
      if (response.status === 200)
        hear(heard, answer as Answer) // the route's schema
      else await refused(heard, response, answer)
    }
  }
  const all = Array.from({ length: clients }, (_none, number) => client(number))
  return { heard, ended: Promise.all(all).then(() => {}) }
}

function hear(heard: Heard, { generation, model_path: path, predicted_uci: played }: Answer): void {
  heard.answers += 1
  const known = heard.generations.get(generation) ?? path
  heard.generations.set(generation, known)
  // The bundled model is no file of ours: only its name is known.
  const [, move = played] = /-([a-h1-8]{4})\.pt$/.exec(basename(path)) ?? []
  if (known !== path || played !== move)
    heard.wrong.push(`generation ${generation} of ${path} played ${played}`)
}

async function refused(heard: Heard, response: Response, answer: unknown): Promise<void> {
  const retrySeconds = Number(response.headers.get('retry-after'))
  if (response.status !== 503 || !(retrySeconds > 0)) {
    heard.failures.push(`${response.status} ${JSON.stringify(answer).slice(0, 200)}`)
    return
  }
  heard.unavailable += 1
  await pause(100) // a second is what is asked for; asking sooner finds more faults
}
