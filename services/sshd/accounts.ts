import { existsSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { type Account, findAccount } from '../../supervisor/account.ts'
import type { NamedAccount } from './options.ts'

export interface ServedAccounts {
  readonly accounts: readonly Account[]
  readonly problems: readonly string[]
}

/** Who can log in here: root and the accounts named; without root's rights only the account we are. */
export function servedAccounts(named: readonly NamedAccount[]): ServedAccounts {
  const self = process.getuid?.()
  const wanted = [...new Map(named.map((account) => [account.name, account])).values()]
  if (self !== 0) return ownAccount(wanted)
  const accounts = new Map<string, Account>()
  const problems: string[] = []
  for (const { variable, name } of [{ variable: 'root', name: 'root' }, ...wanted]) {
    const account = findAccount(name)
    if (account) accounts.set(name, account)
    else
      problems.push(
        `${variable} names "${name}", an account that does not exist here, so it cannot log in: create it or unset ${variable}`,
      )
  }
  const shells = [...accounts.keys()].flatMap((name) => shellProblem(name) ?? [])
  return { accounts: [...accounts.values()], problems: [...problems, ...shells] }
}

function ownAccount(wanted: readonly NamedAccount[]): ServedAccounts {
  const { username: name, uid, gid, homedir: home } = userInfo()
  const others = wanted.filter((account) => account.name !== name).map((account) => account.name)
  const also = others.length === 0 ? '' : ` (not ${others.join(', ')})`
  return {
    accounts: [{ name, uid, gid, home: findAccount(name)?.home ?? home }],
    problems: [`podmate is not root: only ${name} can log in over SSH${also}`],
  }
}

/** sshd turns down who has no shell, without a word to the client. */
function shellProblem(name: string): string | undefined {
  const shell = fieldOf('/etc/passwd', name, 6) || '/bin/sh'
  const remedy = `run \`usermod -s /bin/sh ${name}\``
  if (!existsSync(shell)) return `${name} cannot log in, because its shell ${shell} does not exist: ${remedy}`
  if (/\/(nologin|false)$/.test(shell))
    return `${name} cannot log in, because its shell is ${shell}: ${remedy}`
  return undefined
}

/** One field of the line of an account in a file like /etc/passwd; empty when there is none. */
export function fieldOf(file: string, name: string, field: number): string {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.find((line) => line.startsWith(`${name}:`))?.split(':')[field] ?? ''
}
