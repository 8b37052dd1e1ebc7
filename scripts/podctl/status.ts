import type { PodStatus, ServiceStatus, State } from '../../supervisor/status.ts'
import type { Call } from './call.ts'
import { exitCodes } from './exit-codes.ts'
import { since } from './since.ts'
import { table } from './table.ts'
import type { Terminal } from './terminal.ts'

/** Prints every service with its state and reason. */
export async function status({ options, terminal, connect }: Call): Promise<number> {
  const pod = (await (await connect()).get('/status')) as PodStatus // both ends are of one version
  if (options.json) terminal.out(JSON.stringify(pod, null, 2))
  else for (const line of statusLines(pod, terminal, Date.now())) terminal.out(line)
  return exitCodes.true
}

/** The status as lines of text. Pure. */
export function statusLines(
  pod: PodStatus,
  terminal: Pick<Terminal, 'paint'>,
  now: number,
): readonly string[] {
  const why = pod.reason === undefined ? '' : `: ${pod.reason}`
  const head = `podmate ${pod.version} (pid ${pod.pid}) is ${pod.state}${why}, started ${since(pod.startedAt, now)} ago`
  const rows = Object.values(pod.services).map((service) => row(service, terminal, now))
  const warnings = pod.warnings.map((text) => `${terminal.paint('yellow', 'warning:')} ${text}`)
  return [
    head,
    '',
    ...table([['SERVICE', 'STATE', 'SINCE', 'RESTARTS', 'PID', 'REASON'], ...rows]),
    ...warnings,
  ]
}

function row(service: ServiceStatus, { paint }: Pick<Terminal, 'paint'>, now: number): readonly string[] {
  const { name, state, reason, restarts, pid } = service
  const age = service.since === 0 ? '-' : since(service.since, now)
  return [name, paint(stateColours[state], state), age, String(restarts), String(pid ?? '-'), reason ?? '']
}

const stateColours = {
  disabled: 'gray',
  waiting: 'yellow',
  blocked: 'red',
  starting: 'yellow',
  ready: 'green',
  degraded: 'yellow',
  restarting: 'yellow',
  crashloop: 'red',
  stopping: 'yellow',
  stopped: 'gray',
  completed: 'green',
  failed: 'red',
} as const satisfies Record<State, string>
