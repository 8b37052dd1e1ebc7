/** @import { Job, Pod } from '../shapes.d.ts' */
import { clock, duration, figure, grouped } from '../core/format.js'
import { h } from '../core/h.js'
import { runName } from './summary-view.js'

const shown = 20

/** The list of runs; a tick draws one. @param {Pod} pod @param {readonly string[]} drawn @param {number} now */
export function jobsView({ jobs }, drawn, now) {
  if (jobs.length === 0) return null
  const head = ['Run', 'Status', 'Step', 'Loss', 'Started', 'Took'].map((text) =>
    h('th', { scope: 'col' }, text),
  )
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Training runs' },
    h(
      'table',
      { class: 'jobs' },
      h('thead', null, h('tr', null, head)),
      h(
        'tbody',
        null,
        jobs.slice(0, shown).map((job) => row(job, drawn.indexOf(job.id), now)),
      ),
    ),
  )
}

/** @param {Job} job @param {number} place @param {number} now */
function row(job, place, now) {
  const isDrawn = place >= 0
  const tick = h('input', { type: 'checkbox', checked: isDrawn, 'data-do': 'toggle-run', 'data-id': job.id })
  const ink = isDrawn ? `var(--run-${place + 1})` : 'transparent'
  const name = h(
    'label',
    null,
    tick,
    h('span', { class: 'swatch', '--run-ink': ink, 'aria-hidden': 'true' }),
    h('span', null, runName(job)),
  )
  return h(
    'tr',
    { key: job.id },
    h('td', { title: job.command ?? undefined }, name),
    h('td', null, h('span', { class: `state is-${job.status}` }, job.status), ending(job)),
    h('td', { class: 'number' }, job.last_step === null ? '–' : grouped(job.last_step)),
    h('td', { class: 'number' }, job.last_loss === null ? '–' : figure(job.last_loss)),
    h('td', null, job.started_at === null ? '–' : clock(job.started_at, now)),
    h(
      'td',
      { class: 'number' },
      job.started_at === null ? '–' : duration((job.ended_at ?? now) - job.started_at),
    ),
  )
}

/** Why and how it ended, when that is worth a word. @param {Job} job */
function ending({ reason, exit_code, signal, status }) {
  const code = exit_code === null || (exit_code === 0 && status === 'completed') ? '' : `exit ${exit_code}`
  const how = signal ?? code
  const text = [reason, reason?.includes(how) ? '' : how].filter(Boolean).join(' · ')
  return text === '' ? null : h('small', null, text)
}
