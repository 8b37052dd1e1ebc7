/** @import { Pod } from '../shapes.d.ts' */
import { announce } from '../core/announce.js'
import { alerts } from './alerts.js'
import { headline } from './headline.js'

/** @type {ReadonlySet<string>} */
let told = new Set()

/** Tells listeners of a countdown and of every alert once, when it comes up; its seconds are counted in silence. @param {Pod} pod @param {number} now */
export function announceTurns(pod, now) {
  const { tone, label, title, rest } = headline(pod, now)
  const isTurn = tone === 'warn' || tone === 'danger'
  const all = [...(isTurn ? [{ key: `verdict ${label}`, tone, title, text: rest }] : []), ...alerts(pod, now)]
  const fresh = all.filter(({ key }) => !told.has(key))
  told = new Set(all.map(({ key }) => key))
  const words = fresh.map(({ title, text }) => `${title} ${text}`).join(' ')
  if (fresh.length > 0)
    announce(
      words,
      fresh.some(({ tone }) => tone === 'danger'),
    )
}
