import { chmod, chown, lstat, mkdir } from 'node:fs/promises'

/**
 * Makes the folder of a control socket, or throws a sentence why it must not be used: it has to be a folder of our
 * own that nobody else may write in, and never a link that somebody else has put there.
 */
export async function socketFolder(folder: string, mode: number, group: number | undefined): Promise<void> {
  const made = await mkdir(folder, { recursive: true, mode })
  const found = await lstat(folder)
  const uid = process.getuid?.() ?? found.uid
  if (!found.isDirectory()) throw new Error(`${folder} is not a folder`)
  if (found.uid !== uid) throw new Error(`${folder} belongs to uid ${found.uid}, not to ${uid}`)
  if ((found.mode & 0o022) !== 0)
    throw new Error(`${folder} may be written by others; chmod it to 755 or less`)
  if (made === undefined) return
  if (group !== undefined) await chown(folder, -1, group)
  await chmod(folder, mode)
}
