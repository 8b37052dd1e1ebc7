import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Probe } from '../../supervisor/probe.ts'

/** Ready when GET /api/status takes the token and tells of kernels: a page of another server does not count. */
export function answersAsJupyter(address: URL, token: string): Probe {
  const headers = { authorization: `token ${token}` }
  return async (signal) => {
    const { request } = await import('node:http') // takes a while to load: sshd has the thread before
    const asked = request(new URL('api/status', address), { headers, agent: false, signal })
    asked.end()
    const [response]: IncomingMessage[] = await once(asked, 'response')
    if (!response) return
    const { statusCode } = response
    const body = await text(response)
    if (statusCode !== 200) throw new Error(`GET /api/status answered ${statusCode}`)
    if (!tellsOfKernels(body)) throw new Error(`what answers on port ${address.port} is not Jupyter`)
  }
}

function tellsOfKernels(body: string): boolean {
  try {
    const status: unknown = JSON.parse(body)
    return typeof status === 'object' && status !== null && 'kernels' in status
  } catch {
    return false
  }
}
