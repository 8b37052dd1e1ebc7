import type { Call } from './call.ts'
import { detailOf } from './client.ts'
import { exitCodes } from './exit-codes.ts'

interface Readiness {
  readonly ready: boolean
  readonly failing: readonly { readonly service: string; readonly state: string; readonly reason: string }[]
}

/** Exit 0 when every enabled service is ready; else 1, and a line for each that is not. */
export async function ready({ terminal, connect }: Call): Promise<number> {
  const answer = await (await connect()).request('GET', '/readyz')
  if (!isReadiness(answer.body)) {
    terminal.err(detailOf(answer))
    return exitCodes.notTrue
  }
  if (answer.body.ready) {
    terminal.out('ready')
    return exitCodes.true
  }
  for (const { service, state, reason } of answer.body.failing)
    terminal.out(`${service} is ${state}: ${reason}`)
  return exitCodes.notTrue
}

function isReadiness(body: unknown): body is Readiness {
  return typeof body === 'object' && body !== null && 'ready' in body && 'failing' in body
}
