/** @import { Pod } from '../shapes.d.ts' */
import { serviceOf } from '../details-of.js'

/** Where another port of this pod is reached from where the page is: RunPod's proxy has a name for each. @param {URL} page @param {number} port */
export function addressOfPort(page, port) {
  const proxied = /^(.+)-\d+(\.proxy\.runpod\.net)$/.exec(page.hostname)
  if (proxied) return `https://${proxied[1]}-${port}${proxied[2]}/`
  return `${page.protocol}//${page.hostname}:${port}/`
}

/** @param {Pod} pod @returns {string | undefined} */
export function jupyterAddress(pod) {
  const service = serviceOf(pod, 'jupyter')
  const url = service?.state === 'ready' ? service.details?.url : undefined
  const port = typeof url === 'string' ? URL.parse(url)?.port : undefined
  return port ? addressOfPort(pod.address, Number(port)) : undefined
}

/** The command that opens a shell here. @param {Pod} pod @returns {string | undefined} */
export function sshCommand(pod) {
  const details = serviceOf(pod, 'sshd')?.details
  if (!details) return undefined
  if (typeof details.connect === 'string') return details.connect
  // Without a public address it is reached as this page is, unless that is a proxy, which speaks HTTP only.
  const isProxied = pod.address.protocol === 'https:'
  const [account] = Array.isArray(details.accounts) ? details.accounts : []
  if (isProxied || typeof details.port !== 'number' || typeof account?.name !== 'string') return undefined
  return `ssh -p ${details.port} ${account.name}@${pod.address.hostname}`
}
