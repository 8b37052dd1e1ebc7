import type { PodStatus, ServiceStatus } from '../../supervisor/status.ts'
import { nearestName } from './errors/nearest-name.ts'
import { problem } from './errors/problem.ts'

/** The status of the service with this name; throws 404 that names the nearest one. Pure. */
export function serviceNamed(status: PodStatus, name: string): ServiceStatus {
  const found = Object.hasOwn(status.services, name) ? status.services[name] : undefined
  if (found !== undefined) return found
  const names = Object.keys(status.services)
  const near = nearestName(name, names)
  const remedy = near === undefined ? `there are ${names.join(', ') || 'none'}` : `did you mean ${near}?`
  throw problem(404, `no service is called "${name.slice(0, 64)}": ${remedy}`)
}
