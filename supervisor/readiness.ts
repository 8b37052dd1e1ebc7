import type { PodStatus, ServiceStatus, State } from './status.ts'

export interface Failing {
  readonly service: string
  readonly state: State
  readonly reason: string
}

export interface Readiness {
  readonly ready: boolean
  readonly failing: readonly Failing[]
}

/**
 * Whether every enabled service of kind `service` is ready; tasks and disabled ones do not count. What `/readyz` answers
 * and the idle clock goes by. Pure.
 */
export function readiness(status: PodStatus): Readiness {
  const counted = Object.values(status.services).filter(
    ({ kind, state }) => kind === 'service' && state !== 'disabled',
  )
  const failing = counted.filter(({ state }) => state !== 'ready').map(failure)
  return { ready: failing.length === 0 && status.state === 'running', failing }
}

function failure({ name, state, reason }: ServiceStatus): Failing {
  return { service: name, state, reason: reason ?? `is ${state}` }
}
