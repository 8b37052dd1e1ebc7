/** @import { Point } from '../shapes.d.ts' */
import { ask } from '../core/ask.js'
import { follow } from '../core/stream.js'

/** As many points as a wide screen can show, and a bit more. */
export const shownPoints = 2000

/**
 * @typedef {object} RunFeed
 * @property {() => readonly Point[]} points sorted by step
 * @property {() => string | undefined} problem
 * @property {(range: [number, number] | undefined) => Promise<void>} zoom reads the points of a part more closely
 * @property {() => void} end
 */

/** The curve of one run, kept up to date. @param {string} id @param {{ onChange: () => void, onJob: () => void }} on @returns {RunFeed} */
export function runFeed(id, { onChange, onJob }) {
  const path = `api/training/jobs/${encodeURIComponent(id)}`
  /** @type {Map<number, Point>} */
  let all = new Map()
  /** @type {readonly Point[] | undefined} */
  let closer
  /** @type {readonly Point[] | undefined} */
  let sorted
  /** @type {string | undefined} */
  let problem
  let isReading = false

  const read = async () => {
    if (isReading) return
    isReading = true
    try {
      const newer = new Map()
      const { metrics } = await ask(`${path}/metrics?points=${shownPoints}`)
      const last = metrics.at(-1)?.step ?? Number.NEGATIVE_INFINITY
      for (const point of metrics) newer.set(point.step, point)
      // What came by the stream while this was read is newer.
      for (const [step, point] of all) if (step > last) newer.set(step, point)
      all = newer
      problem = undefined
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error)
    }
    isReading = false
    changed()
  }
  const changed = () => {
    sorted = undefined
    onChange()
  }
  const end = follow({
    path: `${path}/stream`,
    on: {
      metrics(/** @type {Point | Point[]} */ data) {
        for (const point of [data].flat()) all.set(point.step, point)
        // Thinning is the pod's work: it keeps the extremes.
        if (all.size > 2 * shownPoints) void read()
        changed()
      },
      job: onJob,
    },
  })
  void read()
  return {
    points() {
      sorted ??= [...all.values()].sort((a, b) => a.step - b.step)
      return closer ?? sorted
    },
    problem: () => problem,
    async zoom(range) {
      closer = undefined
      if (range) closer = await part(path, range).catch(() => undefined)
      onChange()
    },
    end,
  }
}

/** @param {string} path @param {[number, number]} range @returns {Promise<Point[]>} */
async function part(path, [from, to]) {
  const { metrics } = await ask(
    `${path}/metrics?since=${Math.floor(from) - 1}&until=${Math.ceil(to)}&points=${shownPoints}`,
  )
  return metrics
}
