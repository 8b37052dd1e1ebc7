import { performance } from 'node:perf_hooks'
import { Counter, Gauge, Registry } from 'prom-client'
import type { PodStatus, ServiceStatus } from '../../supervisor/status.ts'
import { states } from '../../supervisor/status.ts'

type Pick = (service: ServiceStatus) => number | undefined

/** A registry of its own whose values are taken from the status at each scrape: between scrapes it costs nothing. */
export function podRegistry(status: () => PodStatus, refusedConnections: () => number): Registry {
  const registry = new Registry()
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  gauge('podmate_up', '1 while podmate runs, 0 while it is going down.', () =>
    Number(status().state === 'running'),
  )
  gauge('podmate_start_time_seconds', 'Unix time of the start of podmate.', () => status().startedAt / 1000)
  gauge('podmate_warnings', 'Warnings of podmate that are shown in /status.', () => status().warnings.length)
  new Counter({
    name: 'podmate_http_connections_refused_total',
    help: 'Connections that were closed because too many were open.',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(refusedConnections())
    },
  })
  addServiceStates(registry, status)
  addServiceValues(registry, status)
  addProcess(registry)
  return registry
}

function addServiceStates(registry: Registry, status: () => PodStatus): void {
  new Gauge({
    name: 'podmate_service_state',
    help: '1 for the state that a service is in, 0 for the others.',
    labelNames: ['service', 'state'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { name, state } of Object.values(status().services)) {
        for (const other of states) this.set({ service: name, state: other }, Number(other === state))
      }
    },
  })
}

function addServiceValues(registry: Registry, status: () => PodStatus): void {
  const services = () => Object.values(status().services)
  const counter = (name: string, help: string, pick: Pick) =>
    new Counter({
      name,
      help,
      labelNames: ['service'],
      registers: [registry],
      collect() {
        this.reset()
        for (const service of services()) this.inc({ service: service.name }, pick(service) ?? 0)
      },
    })
  counter(
    'podmate_service_restarts_total',
    'Starts of a service after its first.',
    ({ restarts }) => restarts,
  )
  counter('podmate_service_probe_failures_total', 'Failed probes.', ({ probeFailures }) => probeFailures)
  counter(
    'podmate_service_suppressed_lines_total',
    'Log lines left out.',
    ({ suppressedLines }) => suppressedLines,
  )
  const gauge = (name: string, help: string, pick: Pick) =>
    new Gauge({
      name,
      help,
      labelNames: ['service'],
      registers: [registry],
      collect() {
        this.reset()
        for (const service of services()) {
          const value = pick(service)
          if (value !== undefined) this.set({ service: service.name }, value)
        }
      },
    })
  gauge('podmate_service_ready_seconds', 'From the last start of a service until it was ready.', readySeconds)
  gauge(
    'podmate_boot_ready_seconds',
    'From the start of podmate until a service was ready first.',
    bootSeconds,
  )
}

function readySeconds({ startedMs, readyMs }: ServiceStatus): number | undefined {
  return startedMs === undefined || readyMs === undefined ? undefined : (readyMs - startedMs) / 1000
}

// After a restart the status no longer knows when the service was ready first.
function bootSeconds({ restarts, readyMs }: ServiceStatus): number | undefined {
  return restarts > 0 || readyMs === undefined ? undefined : readyMs / 1000
}

function addProcess(registry: Registry): void {
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the supervisor process.',
    registers: [registry],
    collect() {
      this.set(process.memoryUsage.rss())
    },
  })
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time of the supervisor process.',
    registers: [registry],
    collect() {
      const { user, system } = process.cpuUsage()
      this.reset()
      this.inc((user + system) / 1e6)
    },
  })
  let before = performance.eventLoopUtilization()
  new Gauge({
    name: 'podmate_event_loop_utilization',
    help: 'Share of time since the last scrape in which the event loop was busy.',
    registers: [registry],
    collect() {
      const now = performance.eventLoopUtilization()
      this.set(performance.eventLoopUtilization(now, before).utilization)
      before = now
    },
  })
}
