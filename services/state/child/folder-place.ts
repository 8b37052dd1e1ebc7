import { opendir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FolderPlace } from '../protocol.ts'
import { ifExists } from './if-exists.ts'

const entriesAtMost = 10_000

/** Where a folder lies, and whether files are in it. Waits for ever on a disk that hangs. */
export async function folderPlace(path: string): Promise<FolderPlace> {
  const found = await ifExists(stat(path))
  if (!found) return { path, place: 'absent', hasFiles: false }
  const root = await stat('/')
  const hasFiles = found.isDirectory() ? await holdsFile(path).catch(() => true) : true
  return { path, place: found.dev === root.dev ? 'container' : 'volume', hasFiles }
}

/** True as well when there is too much to look at. Rejects when a part of it cannot be read. */
async function holdsFile(folder: string): Promise<boolean> {
  let seen = 0
  const waiting = [folder]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for await (const entry of await opendir(next)) {
      seen += 1
      if (entry.isFile() || seen > entriesAtMost) return true
      if (entry.isDirectory()) waiting.push(join(next, entry.name))
    }
  }
  return false
}
