/** @import { Run } from './chart-data.js' */
/** @import { ChartOptions } from './chart.js' */

import { newChart } from './chart.js'
import { chartData } from './chart-data.js'
import { chartsOf, isLoss } from './keys.js'

/** The charts in `place`: one for all losses, one for every other key; they come and go with the keys. */
export class Curves {
  #place
  /** @type {Map<string, { figure: HTMLElement, chart: ReturnType<typeof newChart> }>} */
  #charts = new Map()

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#place = place
  }

  /**
   * @param {readonly Run[]} runs
   * @param {readonly string[]} keys
   * @param {Omit<ChartOptions, 'height'> & { smoothing: number }} options
   */
  draw(runs, keys, { smoothing, isLog, ...options }) {
    const groups = chartsOf(keys).map((keys) => ({
      keys,
      name: isLoss(keys[0] ?? '') ? 'losses' : String(keys[0]),
    }))
    this.#removeAllBut(groups.map(({ name }) => name))
    for (const [place, { keys, name }] of groups.entries()) {
      const isFirst = place === 0
      const height = isFirst ? 300 : 150
      const data = chartData(runs, keys, smoothing)
      this.#chart(name, keys).draw(data, { ...options, height, isLog: isLog && isFirst })
    }
  }

  /** @param {readonly string[]} names */
  #removeAllBut(names) {
    for (const [name, { figure, chart }] of this.#charts) {
      if (names.includes(name)) continue
      chart.remove()
      figure.remove()
      this.#charts.delete(name)
    }
  }

  /** @param {string} name @param {readonly string[]} keys */
  #chart(name, keys) {
    const known = this.#charts.get(name)
    if (known) return known.chart
    const figure = document.createElement('figure')
    figure.className = 'curve'
    figure.setAttribute('role', 'img')
    figure.setAttribute(
      'aria-label',
      `${keys.join(' and ')} over the steps of training; the values stand above the charts`,
    )
    if (name !== 'losses')
      figure.append(Object.assign(document.createElement('figcaption'), { textContent: name }))
    this.#place.append(figure)
    const chart = newChart(figure)
    this.#charts.set(name, { figure, chart })
    return chart
  }
}
