import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** Where the files of a running sshd may lie, on the container's own disk: the preferred folder first. Pure. */
export function runFolders(
  stateDir: string,
  uid: number = process.getuid?.() ?? 0,
  temporaryDir: string = tmpdir(),
): readonly string[] {
  const name = createHash('sha256').update(resolve(stateDir)).digest('hex').slice(0, 12)
  return [`/run/podmate/ssh-${name}`, join(temporaryDir, `podmate-ssh-${uid}-${name}`)]
}

/** Makes the first folder that can be had, to be entered by all and written by us alone. */
export async function makeRunFolder(candidates: readonly string[]): Promise<string> {
  const problems: string[] = []
  for (const folder of candidates) {
    try {
      await ownFolder(folder)
      return folder
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
    }
  }
  throw new Error(`there is no folder for the files of sshd: ${problems.join('; ')}`)
}

/** In a temporary folder anybody may have put a link or a folder of that name there. */
async function ownFolder(folder: string): Promise<void> {
  const parent = dirname(folder)
  if ((await mkdir(parent, { recursive: true, mode: 0o755 })) !== undefined) await chmod(parent, 0o755)
  await mkdir(folder, { mode: 0o755 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const found = await lstat(folder)
  if (!found.isDirectory()) throw new Error(`${folder} is not a folder`)
  if (found.uid !== process.getuid?.()) throw new Error(`${folder} belongs to uid ${found.uid}`)
  await chmod(folder, 0o755)
}
