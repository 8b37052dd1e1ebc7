/** @import { Pod } from '../shapes.d.ts' */
import { h } from '../core/h.js'
import { serviceOf, whyNot } from '../details-of.js'
import { jupyterAddress, sshCommand } from './addresses.js'

/** How to get in: SSH, JupyterLab, the API. @param {Pod} pod */
export function connectView(pod) {
  const ssh = sshCommand(pod)
  const jupyter = jupyterAddress(pod)
  const isUp = serviceOf(pod, 'sshd')?.state === 'ready'
  return [
    h('h3', null, 'SSH'),
    ssh && isUp ? command(ssh) : h('p', { class: 'empty' }, isUp ? noAddress : whyNot(pod, 'sshd')),
    h('h3', null, 'JupyterLab'),
    jupyter
      ? h(
          'p',
          null,
          h('a', { class: 'button', href: jupyter, target: '_blank', rel: 'noreferrer' }, 'Open JupyterLab'),
          h('small', null, 'Its token: ', h('code', null, 'podctl jupyter-url')),
        )
      : h('p', { class: 'empty' }, whyNot(pod, 'jupyter')),
    h('h3', null, 'API'),
    h(
      'p',
      { class: 'links' },
      links.map(([href, text]) => h('a', { href }, text)),
    ),
  ]
}

const noAddress = 'sshd runs, but its public address is not known: expose TCP port 22 in the template.'

/** @type {readonly (readonly [string, string])[]} */
const links = [
  ['docs', 'Reference'],
  ['status', 'Status'],
  ['metrics', 'Metrics'],
  ['timing', 'Boot times'],
  ['logs?lines=500', 'Log'],
  ['autostop/journal', 'Stops'],
]

/** @param {string} text */
function command(text) {
  return h(
    'p',
    { class: 'command' },
    h('code', { tabindex: 0 }, text),
    h('button', { class: 'button small', type: 'button', 'data-do': 'copy', 'data-text': text }, 'Copy'),
  )
}
