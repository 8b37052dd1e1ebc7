import pLimit from 'p-limit'
import type { Errand } from './errand.ts'
import { type HubApi, lfsType } from './hub-api.ts'
import type { Destination } from './lfs-batch.ts'
import { RequestFailure } from './request-failure.ts'

/** A single connection over a long way is slow; each holds one or two MB. */
const partsAtOnce = 4

/** The storage did not take what it was sent, which says nothing of the token: addresses expire, and parts get lost. */
export class StorageRefused extends Error {}

/** Sends the bytes of one LFS object to where they go. Rejects with StorageRefused, or like HubFetch. */
export async function sendObject(
  api: HubApi,
  oid: string,
  content: Blob,
  to: Destination,
  errand: Errand,
): Promise<void> {
  const send = api.fetch(errand)
  try {
    if (to.type === 'whole') await send(to.href, { method: 'PUT', body: content, headers: to.headers })
    else await sendInParts(send, oid, content, to, errand.signal)
  } catch (error) {
    const refused = error instanceof RequestFailure && !error.isPassing && error.status !== 413
    throw refused ? new StorageRefused(error.says, { cause: error }) : error
  }
}

type Parts = Extract<Destination, { type: 'parts' }>

async function sendInParts(
  send: typeof fetch,
  oid: string,
  content: Blob,
  to: Parts,
  signal: AbortSignal,
): Promise<void> {
  if (to.parts.length !== Math.ceil(content.size / to.partBytes)) {
    throw new StorageRefused(`${to.parts.length} parts are offered for ${content.size} bytes`)
  }
  const etags = await sendParts(send, content, to, signal)
  const parts = etags.map((etag, at) => ({ partNumber: at + 1, etag }))
  const headers = { 'Content-Type': lfsType, Accept: lfsType }
  await send(to.href, { method: 'POST', body: JSON.stringify({ oid, parts }), headers })
}

/** All parts, a few at once; the first failure ends the others. */
async function sendParts(
  send: typeof fetch,
  content: Blob,
  { parts, partBytes }: Parts,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const failed = new AbortController()
  const end = AbortSignal.any([signal, failed.signal])
  try {
    return await pLimit(partsAtOnce).map(parts, async (href, at) => {
      end.throwIfAborted()
      const body = content.slice(at * partBytes, (at + 1) * partBytes)
      const response = await send(href, { method: 'PUT', body, signal: end })
      const etag = response.headers.get('etag')
      if (etag === null) throw new StorageRefused('a part got no ETag')
      return etag
    })
  } catch (error) {
    failed.abort(error)
    throw error
  }
}
