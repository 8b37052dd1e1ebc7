/** @import { Pod } from '../shapes.d.ts' */
import { frames } from '../core/frames.js'
import { partsOf } from '../core/parts-of.js'
import { patch } from '../core/patch.js'
import { choices } from './choices.js'
import { controlsView } from './controls-view.js'
import { Curves } from './curves.js'
import { jobsView } from './jobs-view.js'
import { drawableKeys } from './keys.js'
import { readoutView } from './readout-view.js'
import { RunFeed } from './run-feed.js'
import { runName, summaryView } from './summary-view.js'

/** A browser has six connections for one server, and each live run takes one. */
const mostRuns = 4

/** The training card: curves of the chosen runs, live, and the list of jobs. */
export class Training {
  #card
  #part
  #pod
  #onJob
  #curves
  #choose = choices()
  /** @type {Map<string, RunFeed>} */
  #feeds = new Map()
  /** Under the cursor. @type {number | undefined} */
  #step
  /** Points may come by the hundred. */
  #redraw = frames(() => this.#draw())

  /** @param {HTMLElement} card @param {() => Pod} pod @param {() => void} onJob called when a job is no longer what it was */
  constructor(card, pod, onJob) {
    this.#card = card
    this.#part = partsOf(card)
    this.#pod = pod
    this.#onJob = onJob
    this.#curves = new Curves(this.#part('charts'))
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#redraw())
  }

  /** Shows what the pod says now. @param {number} now */
  render(now) {
    this.#keepFeeds()
    const problems = [...this.#feeds.values()].flatMap((feed) => feed.problem ?? [])
    patch(this.#part('summary'), summaryView(this.#pod(), this.#runs(), now))
    patch(this.#part('problems'), problems)
    patch(this.#part('jobs'), jobsView(this.#pod(), this.#drawn(), now))
    this.#redraw()
  }

  /** @returns {Readonly<Record<string, (element: HTMLElement) => void>>} */
  actions() {
    const choose = this.#choose
    const act = (/** @type {() => void} */ change) => {
      change()
      this.render(Date.now())
    }
    return {
      'toggle-key': ({ dataset }) => act(() => choose.toggleKey(String(dataset.key))),
      'toggle-log': () => act(choose.toggleLog),
      'toggle-run': ({ dataset }) => act(() => choose.toggleRun(String(dataset.id), this.#drawn())),
      smoothing: (slider) => act(() => choose.smooth(Number(/** @type {HTMLInputElement} */ (slider).value))),
      'zoom-out': () => this.#zoom(undefined),
    }
  }

  /** Ids of the jobs that are drawn: those that were chosen, else the newest. */
  #drawn() {
    const known = this.#pod().jobs.map(({ id }) => id)
    const chosen = this.#choose.chosen.runs.filter((id) => known.includes(id))
    return (chosen.length > 0 ? chosen : known.slice(0, 1)).slice(0, mostRuns)
  }

  #runs() {
    const { jobs } = this.#pod()
    return this.#drawn().flatMap((id, colour) => {
      const job = jobs.find((one) => one.id === id)
      if (!job) return []
      const { whole = [], points = [] } = this.#feeds.get(id) ?? {}
      return [{ id, job, colour, label: runName(job), whole, points }]
    })
  }

  #keepFeeds() {
    const wanted = this.#drawn()
    for (const [id, feed] of this.#feeds) {
      if (wanted.includes(id)) continue
      feed.end()
      this.#feeds.delete(id)
    }
    for (const id of wanted) {
      const feed = this.#feeds.get(id) ?? this.#feed(id)
      this.#feeds.set(id, feed)
      const status = this.#pod().jobs.find((job) => job.id === id)?.status
      feed.keep(status === 'running' || status === 'pending')
    }
  }

  /** @param {string} id */
  #feed(id) {
    return new RunFeed(id, { onChange: () => this.#redraw(), onJob: this.#onJob })
  }

  /** @param {[number, number] | undefined} range */
  #zoom(range) {
    this.#choose.chosen.range = range
    for (const feed of this.#feeds.values()) void feed.zoom(range)
    this.#redraw()
  }

  #draw() {
    const { chosen } = this.#choose
    const runs = this.#runs()
    const all = drawableKeys(runs.map(({ points }) => points))
    const keys = all.filter((key) => chosen.keys.includes(key))
    this.#card.toggleAttribute('data-empty', all.length === 0)
    this.#curves.draw(runs, keys.length > 0 ? keys : all.slice(0, 1), {
      ...chosen,
      onZoom: (range) => this.#zoom(range),
      onCursor: (step) => {
        this.#step = step
        this.#read()
      },
    })
    patch(this.#part('controls'), controlsView(all, chosen))
    this.#read()
  }

  /** Shows the values under the cursor. */
  #read() {
    patch(this.#part('readout'), readoutView(this.#runs(), this.#choose.chosen, this.#step))
  }
}
