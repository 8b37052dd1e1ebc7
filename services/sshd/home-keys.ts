import { readFileSync } from 'node:fs'
import type { Account } from '../../supervisor/account.ts'
import { runProgram } from './run-program.ts'

const script = readFileSync(new URL('append-keys.sh', import.meta.url), 'utf8')

/**
 * Adds lines to the authorized_keys of an account, as that account and in a process of its own, since a home may be on
 * a volume that hangs. Gives the number of keys that are there then; rejects with the reason.
 */
export async function addKeysToHome(
  account: Account,
  lines: readonly string[],
  mark: Readonly<Record<string, string>>,
): Promise<number> {
  const { uid, gid, home } = account
  const options = process.getuid?.() === 0 ? { user: { uid, gid } } : {}
  const input = lines.map((line) => `${line}\n`).join('')
  return Number(
    await runProgram('/bin/sh', ['-c', script, 'append-keys', home], { input, env: mark, ...options }),
  )
}
