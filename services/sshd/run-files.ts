import { chown, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Account } from '../../supervisor/account.ts'

export interface RunFiles {
  readonly accounts: readonly Account[]
  readonly keyLines: readonly string[]
  /** What sets the environment of sessions. */
  readonly environment: string
}

/** Writes what sessions need into the folder. The environment can be read by the account that logs in, and only by it. */
export async function writeRunFiles(folder: string, files: RunFiles): Promise<void> {
  const { accounts, keyLines, environment } = files
  const old = (await readdir(folder)).filter((name) => name.startsWith('environment.'))
  await Promise.all(old.map((name) => rm(join(folder, name))))
  const session = await readFile(new URL('session.sh', import.meta.url), 'utf8')
  await writeOwn(join(folder, 'session.sh'), session, 0o644)
  await writeOwn(join(folder, 'authorized_keys'), keyLines.map((line) => `${line}\n`).join(''), 0o644)
  for (const { name, uid, gid } of accounts) {
    const path = environmentFile(folder, name)
    await writeOwn(path, environment, 0o600)
    if (process.getuid?.() === 0) await chown(path, uid, gid)
  }
}

/** The file that sets the environment of the sessions of an account. */
export const environmentFile = (folder: string, account: string) => join(folder, `environment.${account}`)

/** A file of our own, made anew with its mode from the first moment on. */
export async function writeOwn(path: string, text: string, mode: number): Promise<void> {
  await rm(path, { force: true })
  await writeFile(path, text, { mode, flag: 'wx' })
}
