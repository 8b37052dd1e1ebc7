/** @import { Gpu, Host, Pod } from '../shapes.d.ts' */
import { bytes, counted } from '../core/format.js'
import { h } from '../core/h.js'
import { telemetryOf, whyNot } from '../details-of.js'
import { bar } from '../verdict/cost-view.js'
import { sparkline } from './sparkline.js'

/** GPU, CPU, memory, disks and network, each with its last minutes. @param {Pod} pod */
export function machineView(pod) {
  const telemetry = telemetryOf(pod)
  if (!telemetry) return h('p', { class: 'empty' }, whyNot(pod, 'telemetry'))
  const { gpus, gpu_problem: problem, host } = telemetry
  return [
    problem && h('p', { class: 'problem', key: 'problem' }, problem),
    gpus.length === 0 && !problem && h('p', { class: 'empty', key: 'none' }, 'No GPU here.'),
    gpus.map((gpu, place) =>
      gpuView(
        gpu,
        pod.samples.map((sample) => sample.gpus[place]?.util_percent ?? null),
      ),
    ),
    host && hostView(host, pod),
  ]
}

/** @param {Gpu} gpu @param {readonly (number | null)[]} history */
function gpuView(
  { index, name, util_percent: util, memory_used_mb: used, memory_total_mb: total, ...gpu },
  history,
) {
  const extras = [
    gpu.temperature_c === null ? undefined : `${gpu.temperature_c} °C`,
    gpu.power_w === null ? undefined : `${Math.round(gpu.power_w)} W`,
  ].filter((text) => text !== undefined)
  return h(
    'div',
    { class: 'gauge', key: `gpu ${index}` },
    gauge(`GPU ${index}`, util === null ? '–' : `${Math.round(util)} %`, extras.join(' · ')),
    sparkline(history, 100, `GPU ${index} in use, last minutes`),
    h(
      'p',
      { class: 'name' },
      h('small', null, name),
      used !== null && total !== null && h('small', null, `${gb(used, 1024)} of ${gb(total, 1024)} GB`),
    ),
    shareBar(used, total, `Memory of GPU ${index}`),
    gpu.problem && h('p', { class: 'problem' }, gpu.problem),
  )
}

/** @param {Host} host @param {Pod} pod */
function hostView(
  { cpu_percent: cpu, cores, memory_used_mb: used, memory_total_mb: total, disks, network },
  { samples },
) {
  return [
    h(
      'div',
      { class: 'gauge', key: 'cpu' },
      gauge('CPU', cpu === null ? '–' : `${Math.round(cpu)} %`, counted(cores, 'core')),
      sparkline(
        samples.map((sample) => sample.cpu_percent),
        100,
        'CPU in use, last minutes',
      ),
    ),
    h(
      'div',
      { class: 'gauge', key: 'memory' },
      gauge('Memory', `${gb(used, 1024)} GB`, `of ${gb(total, 1024)} GB`),
      sparkline(
        samples.map((sample) => sample.memory_used_mb),
        total ?? 0,
        'Memory in use, last minutes',
      ),
    ),
    disks.map(({ mount, used_gb, total_gb }) =>
      h(
        'div',
        { class: 'gauge flat', key: `disk ${mount}` },
        gauge(mount, `${gb(used_gb)} GB`, `of ${gb(total_gb)} GB`),
        shareBar(used_gb, total_gb, `Disk ${mount}`),
      ),
    ),
    network &&
      h(
        'div',
        { class: 'gauge flat', key: 'network' },
        gauge('Network', `↓ ${rate(network.rx_bytes_per_s)}`, `↑ ${rate(network.tx_bytes_per_s)}`),
      ),
  ]
}

/** @param {string} name @param {string} value @param {string} small */
function gauge(name, value, small) {
  return h('p', null, h('b', null, name), h('span', { class: 'value' }, value), h('small', null, small))
}

/** @param {number | null} amount @param {number} [perGb] */
function gb(amount, perGb = 1) {
  return amount === null ? '–' : (amount / perGb).toFixed(1)
}

/** @param {number | null} used @param {number | null} total @param {string} what */
function shareBar(used, total, what) {
  if (used === null || total === null || total <= 0) return null
  const share = used / total
  const tone = share > 0.95 ? 'danger' : share > 0.85 ? 'warn' : 'calm'
  return bar(share, tone, `${what}: ${Math.round(share * 100)} % in use`)
}

const rate = (/** @type {number | null} */ perSecond) => (perSecond === null ? '–' : `${bytes(perSecond)}/s`)
