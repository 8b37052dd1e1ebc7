import { healthchecks } from '../services/healthchecks/service.ts'
import { ports } from '../services/ports/service.ts'
import type { Service } from '../supervisor/service.ts'
import type { Setup } from './run-pod.ts'

/** The services that watch the pod and change nothing. */
export function onlookers(setup: Setup): readonly Service[] {
  const { environment, pod } = setup
  return [
    ports({ allowed: publicPorts(setup) }),
    healthchecks({ url: environment.values.healthchecks?.HEALTHCHECKS_URL, pod }),
  ]
}

/** What may be open to other machines: a wrong list allows nothing but our own. */
function publicPorts({ environment }: Setup): readonly number[] | undefined {
  const { ports: given, sshd, jupyter, http } = environment.values
  if (given && !given.OPEN_PORTS) return undefined
  const own = [sshd?.SSH_PORT ?? 22, jupyter?.JUPYTER_PORT ?? 8888, http?.INFERENCE_API_PORT ?? 8000]
  return [...own, ...(given?.OPEN_PORTS ?? [])]
}
