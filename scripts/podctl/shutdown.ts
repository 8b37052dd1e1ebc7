import type { PodStatus } from '../../supervisor/status.ts'
import { becomesTrue } from './becomes-true.ts'
import type { Call } from './call.ts'
import { type Client, detailOf } from './client.ts'
import { exitCodes } from './exit-codes.ts'
import { isAlive, startOf } from './process-alive.ts'

const patienceMs = 3_700_000

/** Ends the whole pod in order and waits until the supervisor's process has gone. */
export async function shutdown({ terminal, connect }: Call): Promise<number> {
  const podmate = await connect()
  const { pid } = (await podmate.get('/status')) as PodStatus // both ends are of one version
  const started = 'url' in podmate.place ? undefined : await startOf(pid)
  const answer = await podmate.request('POST', '/shutdown')
  if (answer.status !== 202) {
    terminal.err(detailOf(answer))
    return exitCodes.notTrue
  }
  terminal.out(detailOf(answer))
  const gone = 'url' in podmate.place ? () => isSilent(podmate) : async () => !(await isAlive(pid, started))
  if (await becomesTrue(gone, patienceMs)) {
    terminal.out(`podmate (pid ${pid}) has ended`)
    return exitCodes.true
  }
  terminal.err(`podmate (pid ${pid}) is still running`)
  return exitCodes.notTrue
}

// From afar nothing more can be seen than that podmate answers no more; a proxy in between goes on answering.
async function isSilent(podmate: Client): Promise<boolean> {
  return podmate.get('/healthz').then(
    (body) => !(typeof body === 'object' && body !== null && 'ok' in body),
    () => true,
  )
}
