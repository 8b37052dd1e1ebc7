import { readFileSync } from 'node:fs'

export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
}

/** An account of this machine by name, from the local password file; undefined when there is none. */
export function findAccount(name: string, passwordFile = '/etc/passwd'): Account | undefined {
  const line = readFileSync(passwordFile, 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`))
  if (line === undefined) return undefined
  const [, , uid, gid, , home = '/'] = line.split(':')
  return { name, uid: Number(uid), gid: Number(gid), home }
}

/** Why programs cannot run as `name`, in words; undefined when they can (or when no name is given). */
export function accountProblem(name: string | undefined): string | undefined {
  if (name === undefined) return undefined
  const account = findAccount(name)
  if (!account)
    return `RUNNER_USER names "${name}", an account that does not exist here: create it or unset RUNNER_USER`
  const self = process.getuid?.()
  if (self === 0 || self === account.uid) return undefined
  return `RUNNER_USER is "${name}", but only root can start programs as another account: run podmate as root or unset it`
}
