/** @import { Pod, ToldEvent } from '../shapes.d.ts' */
import { clock } from '../core/format.js'
import { h } from '../core/h.js'

/** The last events, newest first. @param {Pod} pod @param {number} now */
export function eventsView({ events }, now) {
  if (events.length === 0) return h('p', { class: 'empty' }, 'Nothing has happened yet.')
  return h('ol', { class: 'events' }, events.map((event) => row(event, now)).reverse())
}

/** @param {ToldEvent} event @param {number} now */
function row({ seq, at, level, service, text }, now) {
  return h(
    'li',
    { key: seq, class: `is-${level}` },
    h(
      'time',
      { datetime: new Date(at).toISOString(), title: new Date(at).toLocaleString() },
      withSeconds(at, now),
    ),
    h('b', null, service ?? 'podmate'),
    h('span', null, level !== 'info' && h('span', { class: 'sr' }, `${level}: `), text),
  )
}

/** @param {number} at @param {number} now */
function withSeconds(at, now) {
  return `${clock(at, now)}:${String(new Date(at).getSeconds()).padStart(2, '0')}`
}
