import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../fixtures/state/temporary-folder.ts'

/** A folder for /workspace, as platforms make it: of root, and everybody may look; with a repository when asked for. */
export function newVolume(...folders: readonly string[]): string {
  const volume = temporaryFolder()
  chmodSync(volume, 0o755)
  for (const folder of folders) mkdirSync(join(volume, folder))
  return volume
}
