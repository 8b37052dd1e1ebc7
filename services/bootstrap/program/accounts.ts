import { readFileSync, statSync } from 'node:fs'
import type { AccountNumbers } from '../orders.ts'

/** Whose a file or folder is; undefined when it does not exist. */
export function ownerOf(path: string): AccountNumbers | undefined {
  const entry = statSync(path, { throwIfNoEntry: false })
  return entry && { uid: entry.uid, gid: entry.gid, home: homeOf(entry.uid) }
}

/** Who this program runs as at the moment. */
export function self(): AccountNumbers {
  const uid = process.getuid?.() ?? 0
  return { uid, gid: process.getgid?.() ?? 0, home: homeOf(uid) }
}

/** Whether this program can act as that account: root can be anyone, everybody else only themselves. */
export function canBecome({ uid }: AccountNumbers): boolean {
  return self().uid === 0 || self().uid === uid
}

/** From here on this program is that account, for good: what it does to a tree is done as the tree's owner. */
export function become(account: AccountNumbers): void {
  if (self().uid !== 0 || account.uid === 0) return
  process.setgroups?.([account.gid])
  process.setgid?.(account.gid)
  process.setuid?.(account.uid)
}

/** An environment with the HOME of that account; whoever stays who they are keeps their own. Asked before `become`. */
export function environmentAs(account: AccountNumbers, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return account.uid === self().uid && env.HOME ? env : { ...env, HOME: account.home }
}

/** The home of an account; a folder that does not exist for a number without an account. */
function homeOf(uid: number): string {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.split(':')[2] === String(uid))
  return line?.split(':')[5] || '/nonexistent'
}
