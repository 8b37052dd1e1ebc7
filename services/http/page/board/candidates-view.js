/** @import { InferAnswer } from '../shapes.d.ts' */
import { h } from '../core/h.js'

/** What the model chose from, written for the position it was asked about. @param {InferAnswer} answer @param {string} title @param {(uci: string) => string} sanOf */
export function candidatesOf(answer, title, sanOf) {
  const { legal_topk, best_legal, value, wdl, latency_ms } = answer
  const moves = legal_topk.map(({ uci, probability }) => ({
    san: sanOf(uci),
    probability,
    isPlayed: uci === best_legal,
  }))
  return { title, moves, value, wdl, latency: latency_ms }
}

/** @param {ReturnType<typeof candidatesOf> | undefined} choices */
export function candidatesView(choices) {
  if (!choices)
    return h('p', { class: 'empty' }, 'What the model considers appears here with its probabilities.')
  const { title, moves, latency } = choices
  return [
    h('h3', null, title, h('small', null, ` ${latency.toFixed(latency < 10 ? 1 : 0)} ms`)),
    h('ol', { class: 'candidates' }, moves.map(row)),
    estimate(choices),
  ]
}

/** @param {ReturnType<typeof candidatesOf>['moves'][number]} move */
function row({ san, probability, isPlayed }) {
  const percent = `${(100 * probability).toFixed(probability < 0.1 ? 1 : 0)} %`
  return h(
    'li',
    { key: san, class: isPlayed ? 'is-played' : '', '--share': `${(100 * probability).toFixed(1)}%` },
    h('b', null, san),
    h('span', null, percent),
  )
}

/** What some models say of the position. @param {ReturnType<typeof candidatesOf>} choices */
function estimate({ value, wdl }) {
  if (wdl) {
    const parts = wdl.map((share) => `${Math.round(100 * share)} %`)
    return h(
      'p',
      { class: 'estimate' },
      `For the side to move: win ${parts[0]}, draw ${parts[1]}, loss ${parts[2]}`,
    )
  }
  return value === undefined
    ? null
    : h('p', { class: 'estimate' }, `For the side to move: ${value > 0 ? '+' : ''}${value.toFixed(2)}`)
}
