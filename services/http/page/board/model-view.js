/** @import { Pod, ServiceStatus } from '../shapes.d.ts' */
import { h } from '../core/h.js'
import { serviceOf } from '../details-of.js'

/** Which model answers. @param {Pod} pod @param {number | undefined} answered @param {string} news */
export function modelView(pod, answered, news) {
  const service = serviceOf(pod, 'inference')
  const generation = service?.details?.generation ?? answered
  const { model_path: path, device, quality } = service?.details ?? {}
  if (generation === undefined)
    return h(
      'p',
      { class: 'empty' },
      service ? `${service.state}${service.reason ? `: ${service.reason}` : ''}` : 'No model is served here.',
    )
  const file = String(path ?? '')
    .split('/')
    .at(-1)
  return [
    h(
      'p',
      { class: 'model', key: 'model', title: String(path ?? '') },
      h('b', null, `Generation ${generation}`),
      h('span', null, [file, device, qualityWords(quality)].filter(Boolean).join(' · ')),
    ),
    news !== '' && h('p', { class: 'news', key: 'news' }, news),
  ]
}

/** How good the model is by its own record. @param {unknown} quality */
function qualityWords(quality) {
  const top1 = typeof quality === 'object' && quality !== null && 'top1' in quality ? quality.top1 : undefined
  return typeof top1 === 'number' ? `${(100 * top1).toFixed(1)} % top-1` : ''
}

/** What is to be said when another model is served than the one that answered last. @param {ServiceStatus | undefined} service @param {number | undefined} answered */
export function generationNews(service, answered) {
  const served = service?.details?.generation
  if (answered === undefined || typeof served !== 'number' || served <= answered) return undefined
  return `A new model is here: generation ${served} answers from your next move on.`
}
