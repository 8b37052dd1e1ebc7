/** @import { Artifacts, Autostop, Pod, ServiceStatus, Telemetry } from './shapes.d.ts' */

/** @param {Pod} pod @param {string} name @returns {ServiceStatus | undefined} */
export function serviceOf(pod, name) {
  return pod.status?.services[name]
}

/** What autostop says, once it has said anything. @param {Pod} pod @returns {Autostop | undefined} */
export function autostopOf(pod) {
  const details = serviceOf(pod, 'autostop')?.details
  // Services say in `details` what their routes answer; shapes.d.ts describes it.
  return details && 'verdict' in details ? /** @type {any} */ (details) : undefined
}

/** @param {Pod} pod @returns {Telemetry | undefined} */
export function telemetryOf(pod) {
  const details = serviceOf(pod, 'telemetry')?.details
  return details && 'host' in details ? /** @type {any} */ (details) : undefined
}

/** @param {Pod} pod @returns {Artifacts | undefined} */
export function artifactsOf(pod) {
  const details = serviceOf(pod, 'artifacts')?.details
  return details && 'activity' in details ? /** @type {any} */ (details) : undefined
}

/** Why a part of the page has nothing to show, in words. @param {Pod} pod @param {string} name */
export function whyNot(pod, name) {
  const service = serviceOf(pod, name)
  if (!pod.status) return 'Waiting for the pod…'
  if (!service) return `This podmate has no ${name}.`
  const why = service.reason === undefined ? '' : `: ${service.reason}`
  return service.state === 'ready' ? 'Nothing has been reported yet.' : `${service.state}${why}`
}
