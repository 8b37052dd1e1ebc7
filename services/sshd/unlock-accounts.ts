import type { Account } from '../../supervisor/account.ts'
import { fieldOf } from './accounts.ts'
import { runProgram } from './run-program.ts'

/**
 * Opens locked accounts for keys: sshd refuses an account whose password begins with `!`, while one that begins with
 * `*` is no password that anybody could type either. Returns the names of those that were opened.
 */
export async function unlockAccounts(accounts: readonly Account[]): Promise<readonly string[]> {
  if (process.getuid?.() !== 0) return []
  const locked = accounts.flatMap(({ name }) => {
    const unlocked = withoutLock(fieldOf('/etc/shadow', name, 1))
    return unlocked === undefined ? [] : [{ name, unlocked }]
  })
  if (locked.length === 0) return []
  const input = locked.map(({ name, unlocked }) => `${name}:${unlocked}\n`).join('')
  await runProgram('chpasswd', ['-e'], { input })
  return locked.map(({ name }) => name)
}

/** The password field with its lock replaced; undefined when it has none. Pure. */
export function withoutLock(field: string): string | undefined {
  if (!field.startsWith('!')) return undefined
  const rest = field.replace(/^!+/, '')
  return rest.startsWith('*') ? rest : `*${rest}`
}
