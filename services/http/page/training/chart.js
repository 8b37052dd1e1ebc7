/** @import { ChartData, Curve } from './chart-data.js' */
import { figure, grouped } from '../core/format.js'
import uPlot from '../vendor/uplot.js'
import { inks } from './inks.js'

/**
 * @typedef {object} ChartOptions
 * @property {number} height
 * @property {boolean} isLog
 * @property {[number, number] | undefined} range the steps that are shown; undefined: all
 * @property {(range: [number, number] | undefined) => void} onZoom
 * @property {(step: number | undefined) => void} onCursor
 */

/** Distances between marked steps: there is nothing between two steps. */
const distances = Array.from({ length: 11 }, (_, power) =>
  [1, 2, 5].map((times) => times * 10 ** power),
).flat()

/** Charts whose cursors move together. */
const sync = 'podmate'

/** One chart in `place`; `draw` may be called for every new point. @param {HTMLElement} place */
export function newChart(place) {
  /** @type {uPlot | undefined} */
  let plot
  let made = ''
  const size = new ResizeObserver(() => plot?.setSize({ width: place.clientWidth, height: plot.height }))
  size.observe(place)
  return {
    /** @param {ChartData} data @param {ChartOptions} options */
    draw(data, options) {
      const table = /** @type {uPlot.AlignedData} */ ([data.steps, ...data.values])
      const look = JSON.stringify([data.curves, options.height, options.isLog, options.range, inks().text])
      if (plot && look === made) return plot.setData(table, true)
      plot?.destroy()
      made = look
      plot = new uPlot(plotOptions(place, data.curves, options), table, place)
    },
    remove() {
      size.disconnect()
      plot?.destroy()
      plot = undefined
    },
  }
}

/** @param {HTMLElement} place @param {Curve[]} curves @param {ChartOptions} options @returns {uPlot.Options} */
function plotOptions(place, curves, { height, isLog, range, onZoom, onCursor }) {
  const { text, line, palette } = inks()
  const axis = {
    stroke: text,
    font: '11px Inter, ui-sans-serif, system-ui, sans-serif',
    ticks: { show: false },
  }
  return {
    width: Math.max(100, place.clientWidth),
    height,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: sync, setSeries: false },
      drag: { setScale: false, x: true, y: false },
      points: { size: 7 },
    },
    scales: {
      x: { time: false, ...(range ? { range: () => range } : {}) },
      y: isLog ? { distr: 3, log: 10 } : {},
    },
    axes: [
      {
        ...axis,
        size: 28,
        incrs: distances,
        grid: { show: false },
        values: (_, splits) => splits.map(short),
      },
      {
        ...axis,
        size: (_, texts) => 14 + 6.5 * Math.max(2, ...(texts ?? []).map(({ length }) => length)),
        grid: { stroke: line, width: 1 },
        values: (_, splits) => splits.map((split) => (split === null ? '' : figure(split))),
      },
    ],
    series: [{}, ...curves.map((curve) => seriesOf(curve, palette))],
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width } = plot.select
          if (width < 5) return
          plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false)
          onZoom([plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')])
        },
      ],
      setCursor: [
        (plot) => onCursor(typeof plot.cursor.idx === 'number' ? plot.data[0][plot.cursor.idx] : undefined),
      ],
      ready: [(plot) => plot.over.addEventListener('dblclick', () => onZoom(undefined))],
    },
  }
}

/** @param {Curve} curve @param {readonly string[]} palette @returns {uPlot.Series} */
function seriesOf({ label, colour, isFaint, isDashed, hasDots }, palette) {
  const ink = palette[colour % palette.length] ?? '#888888'
  return {
    label,
    stroke: isFaint ? `${ink}40` : ink,
    width: isFaint ? 1 : 2,
    spanGaps: true,
    ...(isDashed && !isFaint ? { dash: [6, 4] } : {}),
    points: hasDots ? { show: true, size: 6, fill: ink } : { show: false },
  }
}

/** @param {number} step */
function short(step) {
  if (step >= 1e6) return `${Number((step / 1e6).toPrecision(4))} M`
  return step >= 10_000 ? `${Number((step / 1000).toPrecision(4))} k` : grouped(step)
}
