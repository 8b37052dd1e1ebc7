import type { Script } from './job.ts'
import type { Server } from './server.ts'

/** How often two servers gave the same answer. */
export interface Agreement {
  readonly asked: number
  readonly sameBestLegal: number
  readonly sameTopk: number
}

/** Asks both the longest context of each script. */
export async function agreement(servers: readonly Server[], scripts: readonly Script[]): Promise<Agreement> {
  let sameBestLegal = 0
  let sameTopk = 0
  for (const { moves, lengths } of scripts) {
    const context = moves.slice(0, lengths.at(-1))
    const answers = await Promise.all(servers.map(({ port }) => ask(port, context)))
    if (new Set(answers.map((answer) => answer.best_legal)).size === 1) sameBestLegal += 1
    if (new Set(answers.map((answer) => `${answer.topk}`)).size === 1) sameTopk += 1
  }
  return { asked: scripts.length, sameBestLegal, sameTopk }
}

interface Answer {
  readonly best_legal: string
  readonly topk: readonly string[]
}

async function ask(port: number, context: readonly string[]): Promise<Answer> {
  const answer = await fetch(`http://127.0.0.1:${port}/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ context, topk: 10 }),
  })
  if (!answer.ok) throw new Error(`port ${port} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as Answer // the contract of both
}
