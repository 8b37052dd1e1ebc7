import { createHash } from 'node:crypto'
import { checkOpenFile, type FileAt, openFile } from './open-file.ts'
import { secretSearch } from './secret-texts.ts'

/** The Hub keeps nothing of this size as a plain git blob. */
const largestBlob = 64 << 20
const blockBytes = 1 << 20

/** What a version of a file holds. */
export interface HashedFile {
  readonly sha256: string
  /** Name of its bytes as a git blob; absent for what is too large to be one. */
  readonly gitOid?: string
  /** What kind of secret its text holds. */
  readonly secret?: string
}

export interface HashOptions {
  /** Values that must not go up wherever they stand. */
  readonly ownSecrets?: readonly string[]
  readonly signal?: AbortSignal
}

/** Reads a file once for all that is to be known of it. Rejects with a HubProblem `changed-file` when it changed meanwhile. */
export async function hashFile(file: FileAt, { ownSecrets, signal }: HashOptions = {}): Promise<HashedFile> {
  const { size } = file.identity
  const handle = await openFile(file)
  try {
    const sha256 = createHash('sha256')
    const blob = size <= largestBlob ? createHash('sha1').update(`blob ${size}\0`) : undefined
    const search = secretSearch(ownSecrets)
    const block = Buffer.allocUnsafe(Math.min(blockBytes, size + 1))
    for (;;) {
      signal?.throwIfAborted()
      const { bytesRead } = await handle.read(block, 0, block.length, null)
      if (bytesRead === 0) break
      const bytes = block.subarray(0, bytesRead)
      sha256.update(bytes)
      blob?.update(bytes)
      search.add(bytes)
    }
    await checkOpenFile(handle, file)
    const secret = search.found
    return {
      sha256: sha256.digest('hex'),
      ...(blob && { gitOid: blob.digest('hex') }),
      ...(secret && { secret }),
    }
  } finally {
    await handle.close()
  }
}
