/** @import { Pod } from './shapes.d.ts' */
import { countdown } from './core/format.js'
import { autostopOf } from './details-of.js'

/** What the browser's tab says. @param {Pod} pod @param {number} now */
export function titleOf(pod, now) {
  const autostop = autostopOf(pod)
  if (pod.status && pod.status.state !== 'running') return 'Going down · podmate'
  if (autostop?.verdict === 'countdown' && autostop.stops_at !== null)
    return `Stops in ${countdown(autostop.stops_at - now)} · podmate`
  if (autostop?.verdict === 'stopping') return 'Stopping · podmate'
  const job = pod.jobs[0]
  if (job?.status === 'running' && job.last_loss !== null)
    return `${Number(job.last_loss.toPrecision(4))} loss · podmate`
  return 'podmate'
}
