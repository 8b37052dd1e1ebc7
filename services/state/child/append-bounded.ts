import { constants } from 'node:fs'
import { type FileHandle, open, rename } from 'node:fs/promises'

const appending = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW

/**
 * Appends a text on a line of its own. A file that would grow over `limitBytes` is first renamed to `<path>.1` (an older
 * one is replaced), so that at most twice that is kept. Not synced: a crash of the machine may lose the last seconds.
 */
export async function appendBounded(path: string, text: string, limitBytes: number): Promise<void> {
  const size = await appendTo(path, text, limitBytes)
  if (size !== 'full') return
  await rename(path, `${path}.1`)
  await appendTo(path, text, Number.POSITIVE_INFINITY)
}

async function appendTo(path: string, text: string, limitBytes: number): Promise<'full' | undefined> {
  await using file = await open(path, appending, 0o600)
  const { size } = await file.stat()
  if (size > 0 && size + Buffer.byteLength(text) > limitBytes) return 'full'
  const separator = (await endsInLine(file, size)) ? '' : '\n'
  try {
    await file.appendFile(separator + text)
  } catch (error) {
    await file.truncate(size).catch(() => {}) // half of it is worse than nothing, but the first error tells more
    throw error
  }
  return undefined
}

/** False after a write that a crash cut off. */
async function endsInLine(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return true
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer.toString() === '\n'
}
