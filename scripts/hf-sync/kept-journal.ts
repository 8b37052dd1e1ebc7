import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { JournalStore } from '../../services/artifacts/uploader/journal.ts'
import { folderName } from '../../services/state/names.ts'

/**
 * The journal that podmate keeps in its state folder, read only: what it knows need not be read again, and only podmate
 * writes there. What a single run does stands on the Hub, where the next one sees it.
 */
export function keptJournal(stateDir: string, podId: string | undefined): JournalStore {
  const folder = join(stateDir, folderName(podId ?? hostname()))
  return {
    read: (name) => readFile(join(folder, name), 'utf8').catch(() => undefined),
    append: async () => {},
    write: async () => {},
  }
}
