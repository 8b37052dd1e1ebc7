import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import type { JupyterAddress } from './ports.ts'

export interface Kernel {
  readonly id: string
  readonly name: string
  /** `busy`, `idle`, `starting`. */
  readonly state: string
  /** Of the wall clock. */
  readonly lastActivityMs: number
  /** Websockets that are open. */
  readonly connections: number
}

const limitMs = 4000

/** The kernels of a Jupyter server. Rejects with a short reason when it does not answer as one. */
export async function askKernels(
  { url, token }: JupyterAddress,
  signal: AbortSignal,
): Promise<readonly Kernel[]> {
  // Takes a while to load, and most pods have asked for HTTP by then.
  const { request } = await import('node:http')
  const limit = AbortSignal.timeout(limitMs)
  // Our own question must not look like a user to Jupyter itself.
  const address = new URL('api/kernels?no_track_activity=1', url)
  const asked = request(address, {
    headers: { authorization: `token ${token}` },
    agent: false,
    signal: AbortSignal.any([signal, limit]),
  })
  try {
    asked.end()
    const [response]: IncomingMessage[] = await once(asked, 'response')
    if (!response) return []
    const body = await text(response)
    if (response.statusCode !== 200) throw new Error(`GET /api/kernels answered ${response.statusCode}`)
    return parseKernels(body)
  } catch (error) {
    if (limit.aborted) throw new Error(`no answer for ${limitMs / 1000} s`, { cause: error })
    throw error
  }
}

/** The kernels in an answer of /api/kernels. Throws when it is none. */
export function parseKernels(body: string): readonly Kernel[] {
  const answer: unknown = JSON.parse(body)
  if (!Array.isArray(answer)) throw new Error('what answers is not Jupyter')
  return answer.map((entry: unknown) => {
    const fields = new Map(Object.entries(entry ?? {}))
    const lastActivityMs = Date.parse(String(fields.get('last_activity')))
    return {
      id: String(fields.get('id')),
      name: String(fields.get('name')),
      state: String(fields.get('execution_state')),
      lastActivityMs: Number.isNaN(lastActivityMs) ? 0 : lastActivityMs,
      connections: Number(fields.get('connections') ?? 0),
    }
  })
}
