import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from './run-program.ts'

/** The public key of a private key file; rejects when it is none, or has a passphrase. */
export async function publicPart(path: string): Promise<string> {
  return (await runProgram('ssh-keygen', ['-y', '-P', '', '-f', path])).trim()
}

/** The text of a new private key, made in the folder for a moment. An RSA key takes a second or more. */
export async function generateKey(type: string, folder: string): Promise<string> {
  const scratch = await mkdtemp(join(folder, 'new-'))
  try {
    const path = join(scratch, 'key')
    await runProgram('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'podmate', '-f', path], {
      limitMs: 60_000,
    })
    return await readFile(path, 'utf8')
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
