import { type Asker, askShell, type ShellAnswer } from '../../supervisor/ask-shell.ts'
import { makeFolder } from '../../supervisor/make-folder.ts'

/** Prints which folder on the way there may not be entered. */
const usable = `
[ -d "$1" ] || {
  way=$1
  until [ -d "$way" ]; do way=$(dirname "$way"); done
  [ -x "$way" ] && exit 1
  echo "$way"
  exit 3
}
[ -r "$1" ] && [ -x "$1" ] || exit 2`

/**
 * Throws a sentence unless the account may read REPO_DIR; does not wait for a volume that hangs. A missing one is made
 * for the account: true then.
 */
export async function demandFolder(folder: string, asker: Asker): Promise<boolean> {
  const isMade = await makeFolder(folder, asker, { deep: true })
  const answer = await askShell(usable, [folder], asker)
  if (answer?.exitCode === 0) return isMade
  throw new Error(`REPO_DIR (${folder}) ${words(answer, asker)}`)
}

function words(answer: ShellAnswer | undefined, asker: Asker): string {
  if (answer === undefined) return 'does not answer: its volume hangs; Jupyter starts when it is back'
  const { exitCode, out } = answer
  const who = asker ? `uid ${asker.uid}` : 'the account of Jupyter'
  if (exitCode === 1) return 'is missing or not a folder: create it, or set REPO_DIR'
  if (exitCode === 3)
    return `cannot be reached by ${who}, which may not enter ${out}: change its owner or mode`
  return `may not be read by ${who}: change its owner or mode`
}
