/** @import { Autostop, Pod } from '../shapes.d.ts' */
import { clock, countdown, duration } from '../core/format.js'
import { autostopOf, serviceOf } from '../details-of.js'

/**
 * @typedef {object} Headline
 * @property {'calm' | 'held' | 'warn' | 'danger'} tone
 * @property {string} label one or two words
 * @property {string} title what is so, in a sentence
 * @property {string} rest what will be
 */

/** The pod in two sentences: why it runs, and when it stops. @param {Pod} pod @param {number} now @returns {Headline} */
export function headline(pod, now) {
  const { status } = pod
  if (!status) return { tone: 'calm', label: 'Connecting', title: 'Asking the pod how it is.', rest: '' }
  if (status.state !== 'running') {
    const why = status.reason === undefined ? '' : `: ${status.reason}`
    return { tone: 'danger', label: 'Going down', title: `podmate is ${status.state}${why}.`, rest: '' }
  }
  const up = duration(now - status.startedAt)
  const autostop = autostopOf(pod)
  const reason = serviceOf(pod, 'autostop')?.reason
  if (!autostop)
    return unwatched(`Nothing stops this pod by itself${reason === undefined ? '' : `: ${reason}`}.`, up)
  return watched(autostop, now, up)
}

/** @param {string} rest @param {string} up @returns {Headline} */
function unwatched(rest, up) {
  return { tone: 'calm', label: 'Running', title: `The pod has been up for ${up}.`, rest }
}

/** @param {Autostop} autostop @param {number} now @param {string} up @returns {Headline} */
function watched(autostop, now, up) {
  const { verdict, why, stops_at, stop, hold, verb } = autostop
  const act = verb === 'terminate' ? 'is terminated' : 'stops'
  if (verdict === 'off') return unwatched(why, up)
  if (verdict === 'stopping') {
    const rest = stop ? (stop.text ?? stepTexts[stop.step] ?? stop.step) : ''
    return {
      tone: 'danger',
      label: 'Stopping',
      title: stop?.problem ? 'The pod was to stop, and still runs.' : `The pod ${act} now.`,
      rest: `${why} ${rest}`.trim(),
    }
  }
  if (verdict === 'countdown' && stops_at !== null)
    return {
      tone: 'warn',
      label: 'Countdown',
      title: `The pod ${act} in ${countdown(stops_at - now)}.`,
      rest: why,
    }
  if (hold)
    return {
      tone: 'held',
      label: 'Held',
      title: `Held until ${clock(hold.until, now)}${hold.why ? `: ${hold.why}` : ''}.`,
      rest: `It goes on as before in ${duration(hold.until - now)}. ${why}`,
    }
  return { tone: 'calm', label: 'Running', title: why, rest: whenItStops(autostop, now) }
}

/** @param {Autostop} autostop @param {number} now */
function whenItStops({ stops_at, stops_because, idle_timeout_seconds, verb, dry_run }, now) {
  const act = dry_run ? 'would stop' : verb === 'terminate' ? 'is terminated' : 'stops'
  if (stops_at === null && idle_timeout_seconds === null) return 'It goes on until somebody stops it.'
  if (stops_at === null) return `It ${act} after ${duration((idle_timeout_seconds ?? 0) * 1000)} without use.`
  const why = stops_because === null ? '' : ` ${causes[stops_because] ?? ''}`
  return `It ${act} in ${duration(stops_at - now)}, at ${clock(stops_at, now)},${why}.`
}

/** @type {Readonly<Record<string, string>>} */
const causes = {
  idle: 'if nobody uses it before',
  budget: 'when the budget is spent',
  lifetime: 'at the end of its lifetime',
  finished: 'because training has ended',
  asked: 'because somebody asked for it',
}

/** @type {Readonly<Record<string, string>>} */
const stepTexts = {
  warn: 'Everyone has been told.',
  trainer: 'The trainer is asked to end.',
  flush: 'What is not safe yet goes up.',
  verify: 'The uploads are checked.',
  stop: 'RunPod is asked to stop the pod.',
  confirm: 'RunPod is asked whether it has.',
  retry: 'The stop is tried again.',
}
