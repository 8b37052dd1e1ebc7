import type { Command } from '../../supervisor/pod.ts'
import type { PodStatus } from '../../supervisor/status.ts'
import { becomesTrue } from './becomes-true.ts'
import type { Call } from './call.ts'
import { type Answer, type Client, detailOf } from './client.ts'
import { exitCodes } from './exit-codes.ts'

const restartMs = 60_000

/** `podctl start|stop|restart <service>`: waits until it is so and says what is. */
export function control(command: Command): (call: Call) => Promise<number> {
  return async ({ positionals, options, terminal, connect }) => {
    const [service = ''] = positionals
    const podmate = await connect()
    const before = await attemptOf(podmate, service)
    const path = `/services/${encodeURIComponent(service)}/${command}`
    const answer = await podmate.request('POST', path, { force: options.force ?? false })
    if (answer.status === 200) {
      terminal.out(detailOf(answer))
      return exitCodes.true
    }
    if (isPending(answer) && (await becameTrue(podmate, service, command, before))) {
      terminal.out(command === 'stop' ? `${service} is stopped` : `${service} is ready`)
      return exitCodes.true
    }
    terminal.err(detailOf(answer))
    return exitCodes.notTrue
  }
}

// http cannot say on its own connection that it has ended.
function becameTrue(podmate: Client, service: string, command: Command, before: number): Promise<boolean> {
  const isSo = async () => {
    const now = await statusOf(podmate)
    if (now === undefined) return command === 'stop'
    const { state, attempt = 0 } = now.services[service] ?? {}
    return command !== 'stop' && state === 'ready' && attempt > before
  }
  return becomesTrue(isSo, restartMs)
}

async function attemptOf(podmate: Client, service: string): Promise<number> {
  return (await statusOf(podmate))?.services[service]?.attempt ?? 0
}

async function statusOf(podmate: Client): Promise<PodStatus | undefined> {
  // Nobody answers while http is between two runs.
  return podmate.get('/status').then(
    (body) => body as PodStatus,
    () => undefined,
  ) // both ends are of one version
}

function isPending({ body }: Answer): boolean {
  return typeof body === 'object' && body !== null && 'pending' in body
}
