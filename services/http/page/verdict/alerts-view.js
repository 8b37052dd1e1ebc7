/** @import { Pod } from '../shapes.d.ts' */
import { h } from '../core/h.js'
import { alerts } from './alerts.js'

/** @param {Pod} pod @param {number} now */
export function alertsView(pod, now) {
  return alerts(pod, now).map(({ key, tone, title, text }) =>
    h('div', { key, class: `alert tone-${tone}` }, h('strong', null, title), text && h('span', null, text)),
  )
}
