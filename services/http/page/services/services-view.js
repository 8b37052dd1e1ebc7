/** @import { Pod, ServiceStatus } from '../shapes.d.ts' */
import { counted, duration } from '../core/format.js'
import { h } from '../core/h.js'

/** What wants to be seen stands first, what is off last. @type {Readonly<Record<string, number>>} */
const order = {
  crashloop: 0,
  failed: 0,
  restarting: 1,
  degraded: 1,
  blocked: 2,
  starting: 3,
  waiting: 3,
  stopping: 3,
  ready: 4,
  completed: 5,
  stopped: 6,
  disabled: 7,
}

/** Every service with state, reason and restarts. @param {Pod} pod @param {number} now */
export function servicesView({ status }, now) {
  if (!status) return h('p', { class: 'empty' }, 'Waiting for the pod…')
  const all = Object.values(status.services)
  const sorted = all.toSorted((a, b) => (order[a.state] ?? 3) - (order[b.state] ?? 3))
  return h(
    'ul',
    { class: 'services' },
    sorted.map((service) => row(service, now)),
  )
}

/** @param {ServiceStatus} service @param {number} now */
function row(service, now) {
  const { name, state, reason, restarts, since } = service
  return h(
    'li',
    { key: name },
    h(
      'details',
      { class: `service is-${state}` },
      h(
        'summary',
        null,
        h('span', { class: 'dot', 'aria-hidden': 'true' }),
        h('b', null, name),
        h('span', { class: 'state' }, state),
        h('small', null, state === 'disabled' ? '' : duration(now - since)),
        restarts > 0 && h('span', { class: 'restarts' }, counted(restarts, 'restart')),
        reason && h('span', { class: 'reason' }, reason),
      ),
      more(service),
    ),
  )
}

/** @param {ServiceStatus} service */
function more({ name, state, pid, failures, lastEnding, lastLines = [] }) {
  const facts = [
    pid === undefined ? undefined : `pid ${pid}`,
    failures > 0 ? `${counted(failures, 'failure')} in a row` : undefined,
    lastEnding ? `last ended: ${lastEnding.reason}` : undefined,
  ].filter((text) => text !== undefined)
  return h(
    'div',
    { class: 'more' },
    facts.length > 0 && h('p', null, facts.join(' · ')),
    lastLines.length > 0 && h('pre', { tabindex: 0 }, lastLines.join('\n')),
    h(
      'p',
      { class: 'buttons' },
      state !== 'disabled' &&
        name !== 'http' &&
        h(
          'button',
          { class: 'button small', type: 'button', 'data-do': 'restart', 'data-name': name },
          'Restart',
        ),
      h('a', { href: `logs/${encodeURIComponent(name)}?lines=500` }, 'Log'),
    ),
  )
}
