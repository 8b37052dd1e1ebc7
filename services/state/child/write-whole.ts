import { constants } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

const writing = constants.O_WRONLY | constants.O_TRUNC | constants.O_CREAT | constants.O_NOFOLLOW

/**
 * Replaces a file so that a reader, and a crash at any moment, sees either the old or the new text, never a part. The
 * new text is on disk when this settles. Mode 0600 where the file system keeps modes.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  // One name per file: this process alone writes here, and what a crash left is overwritten.
  const temporary = `${path}.tmp`
  try {
    await writeSynced(temporary, text)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {}) // the first error tells more
    throw error
  }
  await syncFolder(dirname(path))
}

async function writeSynced(path: string, text: string): Promise<void> {
  await using file = await open(path, writing, 0o600)
  await file.chmod(0o600).catch(() => {}) // a network volume may not know modes
  await file.writeFile(text)
  await file.sync()
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r')
  await folder.sync().catch(() => {}) // some network file systems refuse; the rename itself has been done
}
