import { stat } from 'node:fs/promises'
import { withinTime } from './within-time.ts'

/**
 * Tells whether a folder's file system answers. One that hangs is asked once until it does: every call that waits for it
 * holds one of the few threads that this process has for files.
 */
export function answeringFolders(): (folder: string) => Promise<boolean> {
  const asked = new Set<string>()
  return async (folder) => {
    if (asked.has(folder)) return false
    asked.add(folder)
    const answer = stat(folder)
      .catch(() => undefined) // a folder that is not there has answered
      .finally(() => asked.delete(folder))
    return withinTime(answer, folder).then(
      () => true,
      () => false,
    )
  }
}
