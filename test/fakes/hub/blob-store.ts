import { createHash, type Hash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Bytes on disk by name: LFS objects by sha256, regular files by git's name. */
export interface BlobStore {
  path(name: string): string
  read(name: string): Promise<Buffer>
  keep(name: string, content: Uint8Array): Promise<void>
  /** Gives what was collected under a name of its own the name of its content. */
  adopt(from: string, name: string): Promise<void>
  drop(name: string): Promise<void>
}

export function blobStore(folder: string): BlobStore {
  const path = (name: string) => join(folder, name)
  return {
    path,
    read: (name) => readFile(path(name)),
    keep: (name, content) => writeFile(path(name), content),
    adopt: (from, name) => rename(path(from), path(name)),
    drop: (name) => rm(path(name), { force: true }),
  }
}

/** Writes chunks into a file from a place on, making the file if there is none; resolves with how many bytes came. */
export async function writeChunks(
  file: string,
  start: number,
  chunks: AsyncIterable<Buffer>,
  hash?: Hash,
): Promise<number> {
  const handle = await open(file, constants.O_RDWR | constants.O_CREAT)
  let at = start
  try {
    for await (const chunk of chunks) {
      hash?.update(chunk)
      await handle.write(chunk, 0, chunk.length, at)
      at += chunk.length
    }
    return at - start
  } finally {
    await handle.close()
  }
}

/** The sha256 and the size of a file. */
export async function digest(file: string): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256')
  let size = 0
  const handle = await open(file)
  for await (const chunk of handle.createReadStream({ highWaterMark: 1 << 20 })) {
    hash.update(chunk)
    size += chunk.length
  }
  return { sha256: hash.digest('hex'), size }
}
