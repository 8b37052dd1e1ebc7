import { readEnvironment } from '../../environment.ts'
import type { PodStatus, ServiceStatus } from '../../supervisor/status.ts'
import { becomesTrue } from './becomes-true.ts'
import type { Call } from './call.ts'
import type { Client } from './client.ts'
import { exitCodes, PodctlError } from './exit-codes.ts'
import { publicAddress, withToken } from './url.ts'

const startMs = 60_000

/** Prints the address of JupyterLab with its token, once it is ready; exit 1 and the reason when it does not get so. */
export async function jupyterUrl({ env, terminal, connect }: Call): Promise<number> {
  const podmate = await connect()
  const { state, reason } = await settled(podmate)
  if (state !== 'ready') {
    terminal.err(`jupyter is ${state}${reason === undefined ? '' : `: ${reason}`}`)
    return exitCodes.notTrue
  }
  const { url, token } = (await podmate.get('/jupyter')) as { url: string; token: string } // the route's schema
  const address = publicAddress(new URL(url), readEnvironment(env).values.platform?.RUNPOD_POD_ID)
  terminal.out(withToken(new URL('lab', address), token))
  return exitCodes.true
}

/** Its status when it is no longer on its way up, or has been so for too long. */
async function settled(podmate: Client): Promise<ServiceStatus> {
  let now = await statusOf(podmate)
  await becomesTrue(async () => {
    now = await statusOf(podmate)
    return now.state !== 'starting' && now.state !== 'waiting'
  }, startMs)
  return now
}

async function statusOf(podmate: Client): Promise<ServiceStatus> {
  const { services } = (await podmate.get('/status')) as PodStatus // both ends are of one version
  if (services.jupyter) return services.jupyter
  throw new PodctlError(exitCodes.notTrue, 'this podmate has no service jupyter')
}
