import pRetry from 'p-retry'
import { z } from 'zod'
import type { Errand } from './errand.ts'
import { type HubApi, lfsType } from './hub-api.ts'
import { waitToRetry } from './hub-fetch.ts'
import type { LocalFile } from './local-file.ts'
import { RequestFailure } from './request-failure.ts'

const upload = z.object({ href: z.url(), header: z.record(z.string(), z.string()).optional() })
const batch = z.object({
  objects: z.array(
    z.object({
      oid: z.string(),
      actions: z
        .object({ upload: upload.optional(), verify: z.object({ href: z.url() }).optional() })
        .nullish(),
      error: z.object({ code: z.number(), message: z.string() }).nullish(),
    }),
  ),
})

/** Where the bytes of an object go: in one piece, or in parts of so many bytes with a completion. */
export type Destination =
  | { readonly type: 'whole'; readonly href: string; readonly headers: Readonly<Record<string, string>> }
  | {
      readonly type: 'parts'
      readonly href: string
      readonly partBytes: number
      readonly parts: readonly string[]
    }

/** Asks where LFS files go, at most a hundred at once: by sha256; those that are stored already are missing. */
export async function lfsBatch(
  api: HubApi,
  branch: string,
  files: readonly LocalFile[],
  errand: Errand,
): Promise<ReadonlyMap<string, Destination>> {
  const body = JSON.stringify({
    operation: 'upload',
    transfers: ['basic', 'multipart'],
    hash_algo: 'sha256',
    ref: { name: branch },
    objects: files.map(({ sha256, size }) => ({ oid: sha256, size })),
  })
  const url = `${api.page}.git/info/lfs/objects/batch`
  const ask = async () => destinationsIn(await api.post(url, batch, { ...errand, once: true }, body, lfsType))
  const { timing } = api
  return pRetry(ask, {
    retries: timing.tries - 1,
    minTimeout: 0,
    signal: errand.signal,
    shouldRetry: ({ error, attemptNumber }) =>
      waitToRetry(error, attemptNumber + 1, { timing, signal: errand.signal }),
  })
}

/** Where each object goes. An object may be refused alone, in an answer that is a success. */
function destinationsIn({ objects }: z.infer<typeof batch>): ReadonlyMap<string, Destination> {
  const destinations = new Map<string, Destination>()
  for (const { oid, actions, error } of objects) {
    if (error) throw new RequestFailure(error.message, { status: error.code })
    if (actions?.upload) destinations.set(oid, destinationOf(actions.upload))
  }
  return destinations
}

function destinationOf({ href, header = {} }: z.infer<typeof upload>): Destination {
  const { chunk_size: partBytes, ...rest } = header
  if (partBytes === undefined) return { type: 'whole', href, headers: rest }
  const numbers = Object.keys(rest).filter((key) => /^\d+$/.test(key))
  const parts = numbers.toSorted((left, right) => Number(left) - Number(right)).map((key) => rest[key] ?? '')
  return { type: 'parts', href, partBytes: Number(partBytes), parts }
}
