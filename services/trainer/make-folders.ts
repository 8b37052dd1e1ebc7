import { makeFolder } from '../../supervisor/make-folder.ts'
import type { ServiceContext } from '../../supervisor/service.ts'

/**
 * Makes those of `folders` that are missing, for the account of the trainer: that may often not write where they are
 * to be. Not what they lie in: where no volume is mounted there is no /workspace, and nothing is to be made in its place.
 */
export async function makeFolders(
  folders: readonly string[],
  owner: { readonly uid: number; readonly gid: number },
  log: ServiceContext['log'],
): Promise<void> {
  const makeOne = async (folder: string) => {
    if (await makeFolder(folder, owner, { deep: false }))
      log.info(`${folder} was missing: made for the trainer`)
  }
  await Promise.all(folders.map(makeOne))
}
