import type { PodStatus, ServiceStatus } from './status.ts'

/** When a service came up, in milliseconds since the supervisor's process began; null = not (yet). */
export interface ServiceTiming {
  readonly service: string
  readonly startedMs: number | null
  readonly firstLogMs: number | null
  readonly readyMs: number | null
  /** From its start to ready. */
  readonly tookMs: number | null
}

export interface Timing {
  /** In the order in which they started. */
  readonly services: readonly ServiceTiming[]
  /** The service that was ready last, and before it the lead that it waited for longest, and so on to the first. */
  readonly criticalChain: readonly string[]
  /** When the last enabled service was ready; null while one is not. */
  readonly allReadyMs: number | null
}

/** How the boot went: made from the status alone. */
export function timing(status: PodStatus): Timing {
  const services = Object.values(status.services)
  const enabled = services.filter((service) => service.kind === 'service' && service.state !== 'disabled')
  const readyTimes = enabled.map((service) => service.firstReadyMs)
  const allReady = readyTimes.every((ms) => ms !== undefined)
  return {
    services: services
      .filter((service) => service.startedMs !== undefined)
      .map(rowOf)
      .sort((a, b) => (a.startedMs ?? 0) - (b.startedMs ?? 0)),
    criticalChain: chainTo(latest(services), status),
    allReadyMs: allReady && enabled.length > 0 ? Math.max(...readyTimes.map((ms) => ms ?? 0)) : null,
  }
}

function rowOf({ name, startedMs, firstLogMs, readyMs }: ServiceStatus): ServiceTiming {
  const tookMs = readyMs !== undefined && startedMs !== undefined ? Math.round(readyMs - startedMs) : null
  return {
    service: name,
    startedMs: round(startedMs),
    firstLogMs: round(firstLogMs),
    readyMs: round(readyMs),
    tookMs,
  }
}

function round(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms)
}

function latest(services: readonly ServiceStatus[]): ServiceStatus | undefined {
  return services
    .filter((service) => service.firstReadyMs !== undefined)
    .reduce<ServiceStatus | undefined>(
      (a, b) => (a && (a.firstReadyMs ?? 0) >= (b.firstReadyMs ?? 0) ? a : b),
      undefined,
    )
}

function chainTo(service: ServiceStatus | undefined, status: PodStatus): readonly string[] {
  if (!service) return []
  const leads = service.leads.flatMap((name) => status.services[name] ?? [])
  return [...chainTo(latest(leads), status), service.name]
}
