/** @import { Job, Pod, Point } from '../shapes.d.ts' */
import { duration, figure, grouped } from '../core/format.js'
import { h } from '../core/h.js'
import { serviceOf } from '../details-of.js'
import { bar, fact } from '../verdict/cost-view.js'

/** What a run is called; of a command only the names of its files. @param {Job} job */
export function runName({ name, id }) {
  const short = (name ?? '').replaceAll(/['"]/g, '').replaceAll(/(?<![^\s])\/\S*\/([^\s/]+)/g, '$1')
  return short === '' ? id.slice(0, 8) : short
}

/**
 * How the newest of the drawn runs is doing.
 * @param {Pod} pod
 * @param {readonly { job: Job, whole: readonly Point[] }[]} runs
 * @param {number} now
 */
export function summaryView(pod, runs, now) {
  const [run] = runs
  if (!run) return h('p', { class: 'empty' }, nothing(pod))
  const { job, whole: points } = run
  const last = points.at(-1)
  const number = (/** @type {string} */ key) =>
    typeof last?.[key] === 'number' ? Number(last[key]) : undefined
  const left = number('remaining_seconds')
  const speed = number('samples_per_second')
  const progress = job.progress ?? number('progress')
  const ends = job.ended_at ?? now
  return [
    h(
      'p',
      { class: 'run' },
      h('b', null, runName(job)),
      h('span', { class: `state is-${job.status}` }, job.status),
      job.reason && h('span', { class: 'reason' }, job.reason),
    ),
    h(
      'dl',
      { class: 'facts' },
      fact('Step', job.last_step === null ? '–' : grouped(Math.max(job.last_step, last?.step ?? 0))),
      fact('Loss', lossOf(job, points)),
      number('learning_rate') !== undefined && fact('Learning rate', figure(number('learning_rate') ?? 0)),
      speed !== undefined && fact('Samples / s', figure(speed)),
      job.started_at !== null &&
        fact(job.status === 'running' ? 'Running for' : 'Took', duration(ends - job.started_at)),
      left !== undefined && job.status === 'running' && fact('Left', duration(left * 1000)),
    ),
    typeof progress === 'number' && progressBar(progress, job.status),
    job.status === 'failed' && job.error && lastWords(job.error),
  ]
}

/** Scrolled to its end, where the error is. @param {string} text */
function lastWords(text) {
  return h(
    'div',
    { class: 'last-words', tabindex: 0, role: 'region', 'aria-label': 'Last lines of the run' },
    h('pre', null, text),
  )
}

/** @param {Job} job @param {readonly Point[]} points */
function lossOf(job, points) {
  const last = points.findLast((point) => point.loss !== undefined)
  if (last?.loss === null) return 'not a number'
  const value = last?.loss ?? job.last_loss
  return typeof value === 'number' ? figure(value) : '–'
}

/** In percent, as trainers report it. @param {number} progress @param {string} status */
function progressBar(progress, status) {
  const tone = status === 'failed' ? 'danger' : 'calm'
  return bar(progress / 100, tone, `${Math.round(progress)} % of the training is done`)
}

/** @param {Pod} pod */
function nothing(pod) {
  const trainer = serviceOf(pod, 'trainer')
  if (!pod.status) return 'Waiting for the pod…'
  if (pod.jobsProblem !== undefined) return `Training runs cannot be read: ${pod.jobsProblem}`
  const why = trainer
    ? `The trainer is ${trainer.state}${trainer.reason === undefined ? '' : ` (${trainer.reason})`}. `
    : ''
  return `No training run yet. ${why}A run begins with TRAIN_COMMAND, or by hand with a job from POST api/training/jobs.`
}
