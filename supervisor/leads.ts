import type { ServiceEventBody } from './events.ts'
import type { Service } from './service.ts'
import type { PodStatus, ServiceStatus, State } from './status.ts'
import { settledWithin } from './time.ts'

export interface LeadsEnvironment {
  readonly leadMs: number
  status(): PodStatus
  /** Resolves when `holds` is true of the status (asked at each event), or when `signal` aborts. */
  until(holds: (status: PodStatus) => boolean, signal: AbortSignal): Promise<void>
  emit(event: ServiceEventBody): void
}

const up: readonly State[] = ['ready', 'degraded', 'completed']
const givenUp: readonly State[] = ['disabled', 'failed', 'crashloop', 'stopped', 'blocked']

/** Waits until a service may start: `needs` hard, `after` only as long as its leads can still be hoped for. */
export async function awaitLeads(
  service: Service,
  environment: LeadsEnvironment,
  signal: AbortSignal,
): Promise<void> {
  await awaitNeeds(service, environment, signal)
  await awaitAfter(service, environment, signal)
}

async function awaitNeeds(
  service: Service,
  environment: LeadsEnvironment,
  signal: AbortSignal,
): Promise<void> {
  const { status, until, emit } = environment
  let told = ''
  const block = () => {
    const reason = blockedBy(service, status())
    if (reason !== undefined && reason !== told) emit({ type: 'blocked', reason })
    told = reason ?? told
    return reason === undefined
  }
  // Told apart from the wait: emitting inside a predicate would run it again.
  while (!signal.aborted && !block()) await until((now) => blockedBy(service, now) !== told, signal)
}

/** Why a hard condition does not hold, in words; undefined when all hold. */
export function blockedBy(service: Service, status: PodStatus): string | undefined {
  const open = (service.needs ?? [])
    .map((name) => status.services[name])
    .find((lead) => lead && !fulfils(lead))
  if (!open) return undefined
  if (open.state === 'disabled') return `${open.name} is disabled: ${open.reason}`
  if (!open.lastEnding || open.lastEnding.ok) return `waits for ${open.name} (${open.state})`
  return `${open.name} failed (${open.lastEnding.reason})`
}

function fulfils(lead: ServiceStatus): boolean {
  return lead.kind === 'task' ? lead.state === 'completed' : lead.state === 'ready'
}

async function awaitAfter(
  service: Service,
  environment: LeadsEnvironment,
  signal: AbortSignal,
): Promise<void> {
  const { leadMs, status, until, emit } = environment
  const waiting = (now: PodStatus) => leadsOf(service, now).filter((lead) => !isSettled(lead))
  const open = waiting(status())
  if (open.length > 0) emit({ type: 'waiting', on: open.map((lead) => lead.name) })
  await settledWithin(
    until((now) => waiting(now).length === 0, signal),
    leadMs,
    signal,
  )
  if (signal.aborted) return
  for (const lead of leadsOf(service, status())) {
    if (up.includes(lead.state)) continue
    emit({
      type: 'lead-late',
      lead: lead.name,
      reason: `${lead.name} is ${lead.state}: not waited for any longer`,
    })
  }
}

function leadsOf(service: Service, status: PodStatus): readonly ServiceStatus[] {
  return (service.after ?? []).flatMap((name) => status.services[name] ?? [])
}

function isSettled(lead: ServiceStatus): boolean {
  return up.includes(lead.state) || givenUp.includes(lead.state)
}
