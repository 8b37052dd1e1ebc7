import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { inFolder, openWay } from '../../../supervisor/open-way.ts'

const { O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants

/**
 * Sets a file's times to now; creates it when it is not there (its folder must be), for whom its folder belongs to. Where another account
 * may write, no link leads elsewhere, and a pipe or a file with a second name is left alone.
 */
export async function touch(path: string): Promise<undefined> {
  try {
    await touchOwn(path)
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

async function touchOwn(path: string): Promise<void> {
  await using folder = await openWay(dirname(resolve(path)))
  const owner = await folder.stat()
  const place = process.platform === 'linux' ? inFolder(folder, basename(path)) : resolve(path)
  await using file = await open(place, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK)
  const found = await file.stat()
  if (!found.isFile() || found.nlink !== 1) throw new Error('this is no plain file of its own; remove it')
  if (found.uid !== owner.uid && found.size === 0 && process.getuid?.() === 0)
    await file.chown(owner.uid, owner.gid)
  const now = new Date()
  await file.utimes(now, now)
}
