/** @import { Autostop } from '../shapes.d.ts' */
import { h } from '../core/h.js'

const hours = [1, 2, 4, 8, 24]

/** Keeps the pod from stopping for some hours, lets it go again, or stops it. @param {Autostop} autostop */
export function holdView({ hold, verdict, verb }) {
  const isUrgent = verdict === 'countdown'
  return h(
    'form',
    { class: 'hold', 'data-do': 'hold', key: 'hold', 'aria-label': 'Hold the pod' },
    h(
      'button',
      { class: isUrgent ? 'button primary urgent' : 'button primary' },
      hold ? 'Hold longer' : 'Keep it running',
    ),
    h(
      'label',
      null,
      h('span', { class: 'sr' }, 'for how long'),
      h(
        'select',
        { name: 'hours' },
        hours.map((count) => h('option', { value: count, selected: count === 2 }, `for ${count} h`)),
      ),
    ),
    h(
      'label',
      { class: 'grow' },
      h('span', { class: 'sr' }, 'why'),
      h('input', { name: 'why', placeholder: 'why (optional)', maxlength: 200, autocomplete: 'off' }),
    ),
    hold && h('button', { class: 'button', type: 'button', 'data-do': 'release', key: 'release' }, 'Release'),
    verdict !== 'stopping' &&
      h(
        'button',
        { class: 'button', type: 'button', 'data-do': 'stop-pod', 'data-verb': verb, key: 'stop' },
        'Stop the pod',
      ),
  )
}
