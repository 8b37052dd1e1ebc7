import { askShell } from '../../supervisor/ask-shell.ts'
import type { ServiceContext } from '../../supervisor/service.ts'

/** Not their parents: where no volume is mounted there is no /workspace, and nothing is to be made in its place. */
const make = '[ ! -e "$1" ] && [ -d "$(dirname "$1")" ] && mkdir "$1" && chown -h "$2:$3" "$1" && echo made'

/**
 * Makes those of `folders` that are missing, for the account of the trainer: that may often not write where they are
 * to be. Waits for no volume that hangs.
 */
export async function makeFolders(
  folders: readonly string[],
  { uid, gid }: { readonly uid: number; readonly gid: number },
  log: ServiceContext['log'],
): Promise<void> {
  const makeOne = async (folder: string) => {
    const answer = await askShell(make, [folder, `${uid}`, `${gid}`], undefined)
    if (answer?.out === 'made') log.info(`${folder} was missing: made for the trainer`)
  }
  await Promise.all(folders.map(makeOne))
}
