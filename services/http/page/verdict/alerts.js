/** @import { Pod, ServiceStatus } from '../shapes.d.ts' */
import { clock, counted, duration, money } from '../core/format.js'
import { artifactsOf, autostopOf } from '../details-of.js'

/**
 * @typedef {object} Alert
 * @property {string} key
 * @property {'danger' | 'warn'} tone
 * @property {string} title
 * @property {string} text
 */

/** How long the pod may be silent before the page says so. */
const silenceMs = 10_000

/** What nobody may overlook, the most pressing first. @param {Pod} pod @param {number} now @returns {Alert[]} */
export function alerts(pod, now) {
  const all = [
    ...silence(pod, now),
    ...stopAlerts(pod, now),
    ...budgetAlerts(pod),
    ...serviceAlerts(pod),
    ...uploadAlerts(pod),
    ...warnings(pod),
  ]
  const order = { danger: 0, warn: 1 }
  return all.sort((a, b) => order[a.tone] - order[b.tone])
}

/** @param {string} key @param {Alert['tone']} tone @param {string} title @param {string} text @returns {Alert} */
function alert(key, tone, title, text) {
  return { key, tone, title, text }
}

/** What podmate warns of, together. @param {Pod} pod */
function warnings({ status }) {
  const texts = status?.warnings ?? []
  if (texts.length === 0) return []
  return [
    alert(
      'warnings',
      'warn',
      texts.length === 1 ? 'Warning' : counted(texts.length, 'warning'),
      texts.join('\n'),
    ),
  ]
}

/** @param {Pod} pod @param {number} now */
function silence({ answeredAt, aheadMs, problem }, now) {
  const silentMs = now - aheadMs - answeredAt
  if (problem === undefined || silentMs < silenceMs) return []
  const text = `${problem}. What you see is from ${clock(answeredAt, now)}; the page goes on by itself.`
  return [alert('silence', 'danger', `No answer for ${duration(silentMs)}`, text)]
}

/** @param {Pod} pod @param {number} now */
function stopAlerts(pod, now) {
  const autostop = autostopOf(pod)
  if (!autostop) return []
  const { stop, cost } = autostop
  const found = (autostop.problems ?? []).map((text) => alert(`autostop ${text}`, 'warn', 'Autostop', text))
  if (stop?.problem) {
    const rate = cost?.rate_usd_per_hour
      ? ` It goes on costing ${money(cost.rate_usd_per_hour)} an hour.`
      : ''
    const next = stop.next_try_at === null ? '' : ` Next try in ${duration(stop.next_try_at - now)}.`
    found.push(
      alert(
        'stop',
        'danger',
        'The pod could not be stopped',
        `${stop.problem}${rate}${next} Stop it by hand in RunPod's console.`,
      ),
    )
  }
  return found
}

/** @param {Pod} pod */
function budgetAlerts(pod) {
  const cost = autostopOf(pod)?.cost
  if (!cost || cost.spent_usd === null || cost.budget_usd === null || cost.budget_usd <= 0) return []
  const share = cost.spent_usd / cost.budget_usd
  if (share < 0.8) return []
  const text = `${money(cost.spent_usd)} of ${money(cost.budget_usd)} is spent.`
  if (share >= 1) return [alert('budget', 'danger', 'The budget is spent', text)]
  return [alert('budget', 'warn', `${Math.floor(share * 100)} % of the budget is spent`, text)]
}

/** @type {Readonly<Record<string, Alert['tone']>>} */
const failing = {
  crashloop: 'danger',
  failed: 'danger',
  degraded: 'warn',
  restarting: 'warn',
  blocked: 'warn',
}

/** @param {Pod} pod */
function serviceAlerts(pod) {
  const services = Object.values(pod.status?.services ?? {})
  return services.flatMap((/** @type {ServiceStatus} */ { name, state, reason }) => {
    const tone = failing[state]
    if (tone === undefined) return []
    const isDoor = name === 'sshd' && state !== 'blocked'
    return [alert(`service ${name}`, isDoor ? 'danger' : tone, `${name}: ${state}`, reason ?? '')]
  })
}

/** @param {Pod} pod */
function uploadAlerts(pod) {
  const artifacts = artifactsOf(pod)
  if (!artifacts) return []
  const warnings = (artifacts.warnings ?? []).map((text) => alert(`upload ${text}`, 'warn', 'Uploads', text))
  const problem = artifacts.activity === 'stopped' ? artifacts.last_problem : null
  return problem ? [alert('uploads', 'danger', 'Uploads wait for you', problem.text), ...warnings] : warnings
}
