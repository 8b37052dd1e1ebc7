import { grouped } from '../core/format.js'
import { h } from '../core/h.js'

/** Which keys, how smooth, which scale. @param {readonly string[]} keys @param {ReturnType<typeof import('./choices.js').choices>['chosen']} chosen */
export function controlsView(keys, { keys: shown, smoothing, isLog, range }) {
  return [
    h(
      'div',
      { class: 'chips', role: 'group', 'aria-label': 'Curves' },
      keys.map((key) => chip(key, shown.includes(key))),
    ),
    h(
      'div',
      { class: 'dials' },
      range &&
        h(
          'button',
          { class: 'chip', type: 'button', 'data-do': 'zoom-out', key: 'out' },
          `Steps ${grouped(Math.round(range[0]))}–${grouped(Math.round(range[1]))} ×`,
        ),
      h(
        'label',
        { class: 'dial' },
        h('span', null, 'Smoothing'),
        h('input', {
          type: 'range',
          min: 0,
          max: 0.99,
          step: 0.01,
          value: smoothing,
          'data-input': 'smoothing',
        }),
        h('output', null, smoothing.toFixed(2)),
      ),
      h(
        'button',
        { class: 'chip', type: 'button', 'data-do': 'toggle-log', 'aria-pressed': String(isLog) },
        'Log scale',
      ),
    ),
  ]
}

/** @param {string} key @param {boolean} isShown */
function chip(key, isShown) {
  return h(
    'button',
    {
      class: 'chip',
      type: 'button',
      key,
      'data-do': 'toggle-key',
      'data-key': key,
      'aria-pressed': String(isShown),
    },
    key,
  )
}
