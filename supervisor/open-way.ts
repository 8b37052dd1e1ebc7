import { constants } from 'node:fs'
import { type FileHandle, lstat, open } from 'node:fs/promises'

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants

/** A link of another account leads root to what is not that account's. */
export class LedAstray extends Error {
  readonly code = 'LED_ASTRAY'
}

/**
 * Opens a folder (an absolute path) as root may: step by step, each from inside the one before it, so that nobody can swap one meanwhile.
 * A link is followed where only root may write, or where it leads to a folder of the account that may. Rejects with LedAstray for any
 * other, and with the system's error. For anybody but root, and where there is no /proc, it is opened as it is.
 */
export async function openWay(folder: string): Promise<FileHandle> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return open(folder, O_RDONLY | O_DIRECTORY)
  let held = await open('/', O_RDONLY | O_DIRECTORY)
  try {
    for (const name of folder.split('/').filter(Boolean)) {
      const next = await openNext(held, name, folder)
      await held.close()
      held = next
    }
    return held
  } catch (error) {
    await held.close()
    throw error
  }
}

/** The path of an entry of an open folder, which nobody can lead elsewhere by what they do to the folders above it. */
export function inFolder(folder: FileHandle, name: string): string {
  return `/proc/self/fd/${folder.fd}/${name}`
}

async function openNext(held: FileHandle, name: string, folder: string): Promise<FileHandle> {
  const path = inFolder(held, name)
  const { uid, mode } = await held.stat()
  if (uid === 0 && (mode & 0o022) === 0) return open(path, O_RDONLY | O_DIRECTORY)
  try {
    return await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  } catch (error) {
    if (!isLink(error)) throw error
  }
  // With the sticky bit nobody else can swap what is root's there.
  const isRoots = uid === 0 && (mode & 0o1000) !== 0 && (await lstat(path)).uid === 0
  const led = await open(path, O_RDONLY | O_DIRECTORY)
  if (isRoots || (uid !== 0 && (await led.stat()).uid === uid)) return led
  await led.close()
  throw new LedAstray(
    `${folder} leads through a link that another account may change, to what is not its own`,
  )
}

function isLink(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ELOOP' || error.code === 'ENOTDIR')
}
