/** @import { ToldEvent } from '../shapes.d.ts' */

const most = 100

/** The list with one more event: each once, in order, the last 100. @param {readonly ToldEvent[]} list @param {ToldEvent} event */
export function withEvent(list, event) {
  if (list.some(({ seq }) => seq === event.seq)) return list
  return [...list, event].sort((a, b) => a.seq - b.seq).slice(-most)
}
