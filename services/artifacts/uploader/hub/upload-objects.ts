import { createHash } from 'node:crypto'
import pRetry from 'p-retry'
import type { Errand } from './errand.ts'
import type { HubApi } from './hub-api.ts'
import { waitToRetry } from './hub-fetch.ts'
import { type Destination, lfsBatch } from './lfs-batch.ts'
import type { LocalFile } from './local-file.ts'
import { hubProblem } from './problem-texts.ts'
import { unreadable } from './read-local.ts'
import { RequestFailure } from './request-failure.ts'
import { StorageRefused, sendObject } from './send-object.ts'

const mostPerRequest = 100
const triesPerObject = 3

/** Sends LFS files, one after the other; what the storage has is not sent. `stored` is told of each that it has. */
export async function uploadObjects(
  api: HubApi,
  branch: string,
  files: readonly LocalFile[],
  errandFor: (file: LocalFile) => Errand,
  stored: (sha256: string) => void,
): Promise<void> {
  const unique = [...new Map(files.map((file) => [file.sha256, file])).values()]
  for (let start = 0; start < unique.length; start += mostPerRequest) {
    const some = unique.slice(start, start + mostPerRequest)
    const [first] = some
    if (!first) return
    const destinations = await lfsBatch(api, branch, some, { signal: errandFor(first).signal })
    for (const file of some) {
      await uploadObject(api, branch, file, destinations.get(file.sha256), errandFor(file))
      stored(file.sha256)
    }
  }
}

/** One object, with new addresses when those that were given are refused: they expire, and parts get lost. */
async function uploadObject(
  api: HubApi,
  branch: string,
  file: LocalFile,
  given: Destination | undefined,
  errand: Errand,
): Promise<void> {
  let to = given
  await pRetry(
    async (attempt) => {
      if (attempt > 1) to = (await lfsBatch(api, branch, [file], errand)).get(file.sha256)
      if (to) await sendObject(api, file.sha256, file.open(), to, errand)
    },
    {
      retries: triesPerObject - 1,
      minTimeout: 0,
      signal: errand.signal,
      shouldRetry: async ({ error, attemptNumber }) => {
        if (!(error instanceof StorageRefused)) return false
        await mustBeUnchanged(file, errand.signal)
        const passing = new RequestFailure(error.message)
        return waitToRetry(passing, attemptNumber + 1, { timing: api.timing, signal: errand.signal })
      },
    },
  ).catch((error: unknown) => {
    if (!(error instanceof StorageRefused)) throw error
    throw new RequestFailure(`the storage does not take ${file.remotePath}: ${error.message}`)
  })
}

/** Tells a file that was written to meanwhile from a storage that is at fault. */
async function mustBeUnchanged(file: LocalFile, signal: AbortSignal): Promise<void> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of file.open().stream()) {
      signal.throwIfAborted()
      hash.update(chunk)
    }
  } catch (error) {
    signal.throwIfAborted()
    throw unreadable(error, file.path)
  }
  if (hash.digest('hex') === file.sha256) return
  throw hubProblem('changed', `${file.path} is no longer what was hashed`, { path: file.path })
}
