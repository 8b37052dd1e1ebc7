import { createHmac } from 'node:crypto'
import { chown, lstat, mkdir, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Asker, askShell } from '../../supervisor/ask-shell.ts'

/** Files of one run of Jupyter, on the container's own disk, for its account only. */
export interface RunFolder {
  readonly configFile: string
  /** JUPYTER_RUNTIME_DIR. */
  readonly runtimeDir: string
}

// By its own account: what that account may put there (a link) must not lead podmate's astray.
const clean = 'cd -- "$1" 2>/dev/null && rm -rf -- server.json cookie-secret runtime'

export interface RunFolderContents {
  readonly token: string
  readonly asker: Asker
  config(cookieSecretFile: string): object
}

/** Makes the folder `jupyter` in `runDir` anew (0700, its files 0600). Throws when something that is not ours is in the way. */
export async function makeRunFolder(
  runDir: string,
  { token, asker, config }: RunFolderContents,
): Promise<RunFolder> {
  const folder = join(runDir, 'jupyter')
  await empty(folder, asker)
  const runtimeDir = join(folder, 'runtime')
  const configFile = join(folder, 'server.json')
  const cookieSecretFile = join(folder, 'cookie-secret')
  await mkdir(dirname(runDir), { recursive: true, mode: 0o755 }) // what lies in it beside is for others to see
  await mkdir(runDir, { recursive: true, mode: 0o711 })
  await demandOurs(runDir)
  for (const path of [folder, runtimeDir]) await mkdir(path, { mode: 0o700 })
  await write(configFile, JSON.stringify(config(cookieSecretFile)))
  // Made from the token, so that browsers stay logged in over a restart.
  await write(cookieSecretFile, createHmac('sha256', token).update('jupyter cookie').digest('hex'))
  if (asker)
    for (const path of [configFile, cookieSecretFile, runtimeDir, folder])
      await chown(path, asker.uid, asker.gid)
  await demandReadable(configFile, asker)
  return { configFile, runtimeDir }
}

const write = (path: string, content: string) => writeFile(path, content, { mode: 0o600, flag: 'wx' })

// In a shared temporary folder anybody may have laid it there first, and could then put another file in our file's place.
async function demandOurs(folder: string): Promise<void> {
  const found = await lstat(folder)
  const uid = process.getuid?.() ?? found.uid
  if (found.isDirectory() && found.uid === uid && (found.mode & 0o022) === 0) return
  throw new Error(`${folder} must be a folder of uid ${uid} that nobody else may write in: remove it`)
}

// Jupyter goes on without a configuration that it cannot read, and so without our token.
async function demandReadable(file: string, asker: Asker): Promise<void> {
  const answer = await askShell('[ -r "$1" ]', [file], asker)
  if (answer?.exitCode === 0) return
  throw new Error(`${file} may not be read by the account of Jupyter: its folders need mode 711 or wider`)
}

/** Removes what a run left, the token with it. Never rejects: what is in the way, the next start names. */
export async function removeRunFolder(runDir: string, asker: Asker): Promise<void> {
  await empty(join(runDir, 'jupyter'), asker)
  await rmdir(runDir).catch(() => {}) // not empty: something else lies there too
}

async function empty(folder: string, asker: Asker): Promise<void> {
  await askShell(clean, [folder], asker)
  await rmdir(folder).catch(() => {}) // not there, or not ours
}
