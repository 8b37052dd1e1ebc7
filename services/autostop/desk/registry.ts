import { Gauge, type Registry } from 'prom-client'
import { signalNames } from '../signal.ts'
import type { AutostopStanding } from './desk.ts'

const unknown = Number.NaN

/** Shows what autostop knows as metrics, read when they are scraped; NaN is what is not known or not set. */
export function addAutostopMetrics(registry: Registry, standing: () => AutostopStanding): void {
  const registers = [registry]
  const gauge = (name: string, help: string, value: (now: AutostopStanding) => number | undefined) =>
    new Gauge({
      ...{ name: `podmate_${name}`, help, registers },
      collect() {
        this.set(value(standing()) ?? unknown)
      },
    })
  gauge(
    'autostop_idle_seconds',
    'How long nobody has used the pod.',
    ({ state }) => state && state.idleForMs / 1000,
  )
  gauge(
    'autostop_idle_timeout_seconds',
    'After so long it stops; +Inf: never.',
    ({ state }) => state && state.settings.idleTimeoutMs / 1000,
  )
  gauge('autostop_stop_in_seconds', 'Time until it stops if nothing changes.', stopIn)
  gauge('autostop_stop_attempts', 'Stop calls of the stop that is under way.', ({ state }) =>
    state ? (state.stop?.attempts ?? 0) : undefined,
  )
  gauge('autostop_stop_refused', '1: it should stop and cannot.', ({ state }) =>
    state ? Number(state.stop?.problem !== undefined) : undefined,
  )
  gauge('autostop_hold_until_timestamp_seconds', 'Unix time at which the hold ends.', ({ hold }) =>
    hold ? hold.untilMs / 1000 : undefined,
  )
  gauge('cost_spent_usd', 'What this pod has cost, in US dollars.', ({ cost }) => cost?.spentUsd)
  gauge('cost_rate_usd_per_hour', 'What an hour costs.', ({ cost }) => cost?.rateUsdPerHour)
  gauge('cost_budget_usd', 'BUDGET_USD.', ({ cost }) => cost?.budgetUsd)
  addSignals(registry, standing)
}

function stopIn({ state }: AutostopStanding): number | undefined {
  if (!state) return undefined
  const { verdict, nowMs } = state
  if (verdict.kind === 'stopping') return 0
  return verdict.stopsAtMs === undefined ? undefined : Math.max(0, verdict.stopsAtMs - nowMs) / 1000
}

function addSignals(registry: Registry, standing: () => AutostopStanding): void {
  new Gauge({
    name: 'podmate_autostop_signal',
    help: '1 for the state in which a signal is; signals that do not exist here are absent.',
    labelNames: ['signal', 'state'],
    registers: [registry],
    collect() {
      this.reset()
      const readings = standing().state?.readings
      for (const signal of signalNames) {
        const reading = readings?.get(signal)
        if (!reading) continue
        for (const state of ['active', 'quiet', 'unknown'])
          this.set({ signal, state }, Number(state === reading.state))
      }
    },
  })
}
