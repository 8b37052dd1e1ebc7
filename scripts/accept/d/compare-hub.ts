import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hub } from '../../../test/fakes/hub.ts'

const own = ['.gitattributes', 'README.md']

/** Paths at which pod/run on the stand-in differs from a folder, hidden files and temporary ones left out. */
export async function differences(hub: Hub, folder: string, prefix = ''): Promise<readonly string[]> {
  const repo = hub.repo('pod/run')
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const local = entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp') && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  const found = new Set([...repo.files.keys()].filter((path) => !own.includes(path)))
  const differing: string[] = []
  for (const path of local) {
    if (!found.delete(prefix + path)) differing.push(`${path} is missing`)
    else if (!(await repo.read(prefix + path)).equals(await readFile(join(folder, path))))
      differing.push(`${path} differs`)
  }
  return [...differing, ...[...found].map((path) => `${path} is too much`)]
}

/** Objects that were sent again after the stand-in had said that it has them, and how often any was sent twice. */
export function repetitions(hub: Hub): { readonly afterStored: number; readonly again: number } {
  const objects = Object.values(hub.counters().objects)
  return {
    afterStored: objects.reduce((sum, { putsAfterStored }) => sum + putsAfterStored, 0),
    again: objects.reduce((sum, { puts }) => sum + Math.max(0, puts - 1), 0),
  }
}

/** Whether bytes of a file or a commit are on their way. */
export function isSending(hub: Hub): boolean {
  return hub.log.some(({ route, endedMs }) => /^put|commit/.test(route) && endedMs === undefined)
}
