import { open } from 'node:fs/promises'

const blockBytes = 2 ** 20

/** A whole file; `onRead` hears the size of every block, so that a slow volume can be told from a hung one. */
export async function readInBlocks(
  path: string,
  onRead: (bytes: number) => void,
  flags: string | number = 'r',
): Promise<Buffer> {
  await using file = await open(path, flags)
  const bytes = Buffer.from(new ArrayBuffer((await file.stat()).size))
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, at, Math.min(blockBytes, bytes.length - at), at)
    if (bytesRead === 0) throw new Error('it became shorter while it was read')
    at += bytesRead
    onRead(bytesRead)
  }
  return bytes
}
