import type { FileHandle } from 'node:fs/promises'
import { fromFdPromise } from 'yauzl'

/**
 * Why a zip archive is cut: its list of entries, written last, is missing or does not fit the file. What does not start
 * like a zip, as checkpoints of old versions of torch, is not judged.
 */
export async function zipProblem(handle: FileHandle, size: number): Promise<string | undefined> {
  if (size === 0) return 'it is empty'
  const start = Buffer.alloc(4)
  const { bytesRead } = await handle.read(start, 0, 4, 0)
  if (!'PK\u0003\u0004'.startsWith(start.toString('latin1', 0, bytesRead))) return undefined
  try {
    const zip = await fromFdPromise(handle.fd, { autoClose: false, decodeStrings: false })
    for await (const entry of zip.eachEntry()) {
      if (entry.relativeOffsetOfLocalHeader + entry.compressedSize > size)
        return 'an entry lies behind its end'
    }
    return undefined
  } catch {
    return 'it is no complete zip archive: cut short, or still being written'
  }
}
