/** @import { Point } from '../shapes.d.ts' */
import { ask } from '../core/ask.js'
import { follow } from '../core/stream.js'
import { partOf, shownPoints } from './part-of.js'

const againMs = 5000

/** The curve of one run, kept up to date by `keep()` until `end()`. */
export class RunFeed {
  #path
  #onChange
  #onJob
  /** @type {Map<number, Point>} */
  #all = new Map()
  /** What is drawn instead while a part is looked at. @type {readonly Point[] | undefined} */
  #closer
  /** @type {readonly Point[] | undefined} */
  #sorted
  /** Why nothing is read at the moment. @type {string | undefined} */
  problem
  #isReading = false
  /** Undefined: not asked for yet, or no more. @type {boolean | undefined} */
  #isLive
  #unfollow = () => {}

  /** @param {string} id @param {{ onChange: () => void, onJob: () => void }} on `onJob`: the job is no longer what it was */
  constructor(id, { onChange, onJob }) {
    this.#path = `api/training/jobs/${encodeURIComponent(id)}`
    this.#onChange = onChange
    this.#onJob = onJob
  }

  /** Reads the run when that is still to be done, and follows it while it is live: each stream takes one of few connections. @param {boolean} isLive */
  keep(isLive) {
    if (isLive === this.#isLive) return
    this.#isLive = isLive
    this.#unfollow()
    void this.#begin()
  }

  /** The whole run, sorted by step. */
  get whole() {
    this.#sorted ??= [...this.#all.values()].sort((a, b) => a.step - b.step)
    return this.#sorted
  }

  /** What is to be drawn: the whole run, or the part that is looked at. */
  get points() {
    return this.#closer ?? this.whole
  }

  /** Reads a part more closely; undefined: all of it again. @param {[number, number] | undefined} range */
  async zoom(range) {
    this.#closer = range ? await partOf(this.#path, range).catch(() => undefined) : undefined
    this.#onChange()
  }

  end() {
    this.#isLive = undefined
    this.#unfollow()
  }

  /** Reads what is there, then goes on with what comes after it. */
  async #begin() {
    const isLive = this.#isLive
    const lastId = await this.#read()
    if (this.#isLive !== isLive) return
    if (lastId === undefined) setTimeout(() => this.#isLive === isLive && void this.#begin(), againMs)
    else if (isLive) {
      this.#unfollow = follow({
        path: `${this.#path}/stream`,
        after: String(lastId),
        on: { metrics: (point) => this.#take(point), job: this.#onJob },
      })
    }
  }

  /** @param {Point} point */
  #take(point) {
    this.#all.set(point.step, point)
    // Thinning is the pod's work: it keeps the extremes.
    if (this.#all.size > 2 * shownPoints) void this.#read()
    this.#changed()
  }

  /** The whole curve as the pod thins it; resolves to the id of its last row, or undefined when it cannot be read. @returns {Promise<number | undefined>} */
  async #read() {
    if (this.#isReading) return undefined
    this.#isReading = true
    try {
      /** @type {{ metrics: readonly Point[], last_id: number }} */
      const { metrics, last_id } = await ask(`${this.#path}/metrics?points=${shownPoints}`)
      const last = metrics.at(-1)?.step ?? Number.NEGATIVE_INFINITY
      // What came by the stream while this was read is newer.
      const newer = [...this.#all.values()].filter(({ step }) => step > last)
      this.#all = new Map([...metrics, ...newer].map((point) => [point.step, point]))
      this.problem = undefined
      return last_id
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error)
      return undefined
    } finally {
      this.#isReading = false
      this.#changed()
    }
  }

  #changed() {
    this.#sorted = undefined
    this.#onChange()
  }
}
