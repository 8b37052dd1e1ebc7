/** @import { Pod } from '../shapes.d.ts' */
import { clock, duration } from '../core/format.js'
import { h } from '../core/h.js'
import { autostopOf } from '../details-of.js'
import { costView } from './cost-view.js'
import { headline } from './headline.js'
import { holdView } from './hold-view.js'

/** The top of the page: what is so, what it costs, and how to keep it. @param {Pod} pod @param {number} now */
export function verdictView(pod, now) {
  const { tone, label, title, rest } = headline(pod, now)
  const autostop = autostopOf(pod)
  return [
    h(
      'div',
      { class: `verdict-words tone-${tone}`, key: 'words' },
      h('p', { class: `label tone-${tone}` }, h('span', { class: 'dot', 'aria-hidden': 'true' }), label),
      h('h1', null, title),
      rest && h('p', { class: 'rest' }, rest),
      autostop && idleBar(autostop),
      autostop && autostop.verdict !== 'off' && holdView(autostop),
      autostop && signals(autostop),
      autostop?.last_stop && lastStop(autostop.last_stop, now),
    ),
    autostop?.cost && h('div', { class: 'verdict-cost', key: 'cost' }, costView(autostop.cost, now)),
  ]
}

/** @param {import('../shapes.d.ts').Autostop} autostop */
function idleBar({ idle_for_seconds: idle, idle_timeout_seconds: limit, verdict }) {
  if (verdict !== 'running' || idle < 60 || limit === null) return null
  const text = `Unused for ${duration(idle * 1000)} of ${duration(limit * 1000)}`
  return h(
    'p',
    { class: 'idle' },
    h('meter', { min: 0, max: limit, value: Math.min(idle, limit), 'aria-label': text }),
    text,
  )
}

/** @param {import('../shapes.d.ts').Autostop} autostop */
function signals({ signals }) {
  if (signals.length === 0) return null
  const item = (/** @type {import('../shapes.d.ts').Signal} */ signal) =>
    h(
      'li',
      { key: signal.name, class: `signal is-${signal.state}` },
      h('span', { class: 'dot', 'aria-hidden': 'true' }),
      h('b', null, signal.name),
      h('span', null, signal.evidence),
      h('span', { class: 'sr' }, signal.state),
    )
  const active = signals.filter(({ state }) => state === 'active').length
  return h(
    'details',
    { class: 'signals', key: 'signals' },
    h('summary', null, `What podmate looks at: ${active} of ${signals.length} in use`),
    h('ul', null, signals.map(item)),
  )
}

/** Why the pod was not there for a while. @param {NonNullable<import('../shapes.d.ts').Autostop['last_stop']>} stop @param {number} now */
function lastStop({ at, text }, now) {
  return h('p', { class: 'last-stop', key: 'last' }, `Last stop ${clock(at, now)}: ${text}`)
}
