import { keep, kept } from '../core/keep.js'

/** How the curves are to be drawn, as the user has chosen it; kept in this browser. */
export function choices() {
  const chosen = {
    smoothing: kept('smoothing', 0.6),
    isLog: kept('log', false),
    /** @type {string[]} */
    keys: kept('keys', ['loss', 'eval_loss']),
    /** Jobs that are drawn; empty: the newest. @type {string[]} */
    runs: [],
    /** Steps that are shown; undefined: all. @type {[number, number] | undefined} */
    range: undefined,
  }
  return {
    chosen,
    /** @param {number} weight */
    smooth(weight) {
      chosen.smoothing = weight
      keep('smoothing', weight)
    },
    toggleLog() {
      chosen.isLog = !chosen.isLog
      keep('log', chosen.isLog)
    },
    /** @param {string} key */
    toggleKey(key) {
      chosen.keys = toggled(chosen.keys, key)
      keep('keys', chosen.keys)
    },
    /** @param {string} id @param {readonly string[]} drawn */
    toggleRun(id, drawn) {
      chosen.runs = toggled(drawn, id)
    },
  }
}

/** @param {readonly string[]} list @param {string} entry */
function toggled(list, entry) {
  return list.includes(entry) ? list.filter((one) => one !== entry) : [...list, entry]
}
