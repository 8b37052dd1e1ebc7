import { type Asker, askShell, type ShellAnswer } from '../../supervisor/ask-shell.ts'

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

/** Made by podmate's own account: that of Jupyter may often not write where REPO_DIR is to be. */
const make = '[ ! -e "$1" ] && mkdir -p "$1" && chown -h "$2:$3" "$1" && echo made'

/**
 * Throws a sentence unless the account may read REPO_DIR; does not wait for a volume that hangs. A missing one is made
 * for the account: true then.
 */
export async function demandFolder(folder: string, asker: Asker): Promise<boolean> {
  const { uid, gid } = asker ?? { uid: process.getuid?.(), gid: process.getgid?.() }
  const attempt = await askShell(make, [folder, `${uid}`, `${gid}`], undefined)
  const answer = await askShell(usable, [folder], asker)
  if (answer?.exitCode === 0) return attempt?.out === 'made'
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
