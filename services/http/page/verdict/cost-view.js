/** @import { Cost } from '../shapes.d.ts' */
import { clock, money } from '../core/format.js'
import { h } from '../core/h.js'

/** Spent, rate, budget, projection. @param {Cost} cost @param {number} now */
export function costView(cost, now) {
  const {
    spent_usd: spent,
    rate_usd_per_hour: rate,
    rate_source: source,
    projected_usd_24h: projected,
  } = cost
  return [
    h('h2', { class: 'label' }, 'Cost'),
    h('p', { class: 'spent' }, spent === null ? 'unknown' : money(spent), h('span', null, ' spent')),
    h(
      'dl',
      { class: 'facts' },
      fact('Rate', rate === null ? 'unknown' : `${money(rate)} / h`, source),
      fact('Next 24 h', projected === null ? 'unknown' : money(projected)),
    ),
    budget(cost, now),
    cost.problem !== null && h('p', { class: 'problem' }, cost.problem),
  ]
}

/** @param {string} name @param {string} value @param {string | null} [title] */
export function fact(name, value, title) {
  return h('div', { title: title ?? undefined }, h('dt', null, name), h('dd', null, value))
}

/** @param {Cost} cost @param {number} now */
function budget({ spent_usd: spent, budget_usd: budget, budget_ends_at: ends }, now) {
  if (budget === null) return null
  const until = ends === null ? '' : `, lasts until ${clock(ends, now)}`
  if (spent === null || budget <= 0) return h('p', { class: 'budget' }, `Budget ${money(budget)}${until}`)
  const share = spent / budget
  const tone = share >= 1 ? 'danger' : share >= 0.8 ? 'warn' : 'calm'
  const text = `${Math.round(share * 100)} % of the ${money(budget)} budget${share >= 1 ? '' : until}`
  return h('div', { class: 'budget' }, bar(share, tone, text), h('p', null, text))
}

/** A share of a whole. @param {number} share @param {string} tone @param {string} label */
export function bar(share, tone, label) {
  const percent = `${Math.min(100, Math.max(0, share * 100)).toFixed(1)}%`
  return h('div', { class: `bar tone-${tone}`, role: 'img', 'aria-label': label, '--share': percent })
}
