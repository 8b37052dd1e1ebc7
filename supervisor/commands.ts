import type { Command, CommandResult } from './pod.ts'
import type { PodStatus, ServiceStatus, State } from './status.ts'
import type { Unit } from './unit.ts'

export interface CommandEnvironment {
  readonly stopGraceMs: number
  /** Why it is stopped, in words. */
  readonly reason: string
  /** Stopped only by force: without them nobody gets in. */
  readonly guarded: readonly string[]
  readonly podStopping: AbortSignal
  /** Aborts when a start is not to be waited for any longer: the pod stops, or a later command has waited long enough. */
  readonly patience: AbortSignal
  unit(name: string): Unit | undefined
  status(): PodStatus
  until(holds: (status: PodStatus) => boolean, signal: AbortSignal): Promise<void>
}

const started: readonly State[] = [
  'ready',
  'completed',
  'degraded',
  'failed',
  'crashloop',
  'restarting',
  'blocked',
  'disabled',
]

/** Carries out one command; the answer is what is true when it settles, not what was asked for. */
export async function runCommand(
  command: Command,
  name: string,
  force: boolean,
  environment: CommandEnvironment,
): Promise<CommandResult> {
  const unit = environment.unit(name)
  if (!unit) return refused(`there is no service "${name}"; there are: ${names(environment)}`)
  const { disabled } = unit.service
  if (disabled) return refused(`${name} is disabled: ${disabled}`)
  if (environment.podStopping.aborted) return refused('podmate is stopping')
  if (command === 'stop' && environment.guarded.includes(name) && !force) {
    return refused(`stopping ${name} can lock you out; add --force if that is what you want`)
  }
  if (command !== 'start') await unit.stop(environment.reason, environment.stopGraceMs)
  if (command === 'stop') return stopped(name, environment)
  return begin(unit, environment)
}

async function stopped(name: string, environment: CommandEnvironment): Promise<CommandResult> {
  const { until, podStopping } = environment
  const resting: readonly State[] = ['stopped', 'completed', 'failed', 'disabled']
  await until((status) => resting.includes(status.services[name]?.state ?? 'stopped'), podStopping)
  const service = environment.status().services[name]
  return { ok: !service?.reason?.includes('are left'), message: inWords(service) }
}

async function begin(unit: Unit, environment: CommandEnvironment): Promise<CommandResult> {
  const { name } = unit.service
  const now = environment.status().services[name]
  const runs = now?.state === 'starting' || now?.state === 'ready' || now?.state === 'degraded'
  const firstAttempt = (now?.attempt ?? 0) + (runs ? 0 : 1)
  if (environment.podStopping.aborted) return refused('podmate is stopping')
  if (!runs) unit.start()
  const tried = (status: PodStatus) => {
    const service = status.services[name]
    if (!service) return true
    return service.state === 'blocked' || (service.attempt >= firstAttempt && started.includes(service.state))
  }
  await environment.until(tried, environment.patience)
  const service = environment.status().services[name]
  return { ok: service?.state === 'ready' || service?.state === 'completed', message: inWords(service) }
}

function inWords(service: ServiceStatus | undefined): string {
  if (!service) return 'gone'
  return service.reason
    ? `${service.name} is ${service.state}: ${service.reason}`
    : `${service.name} is ${service.state}`
}

function refused(message: string): CommandResult {
  return { ok: false, message }
}

function names(environment: CommandEnvironment): string {
  return Object.keys(environment.status().services).join(', ')
}
