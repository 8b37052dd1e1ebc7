import { type Asker, askShell } from './ask-shell.ts'

const usable = '[ -d "$1" ] || exit 1; [ -r "$1" ] && [ -x "$1" ] || exit 2'

/** Throws a sentence unless the account may read REPO_DIR; does not wait for a volume that hangs. */
export async function demandFolder(folder: string, asker: Asker): Promise<void> {
  const answer = await askShell(usable, [folder], asker)
  if (answer?.exitCode === 0) return
  throw new Error(`REPO_DIR (${folder}) ${words(answer?.exitCode, asker)}`)
}

function words(exitCode: number | null | undefined, asker: Asker): string {
  if (exitCode === undefined) return 'does not answer: its volume hangs; Jupyter starts when it is back'
  if (exitCode === 1) return 'is missing or not a folder: create it, or set REPO_DIR'
  return `may not be read by ${asker ? `uid ${asker.uid}` : 'the account of Jupyter'}: change its owner or mode`
}
