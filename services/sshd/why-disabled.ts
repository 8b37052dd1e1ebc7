import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { findAccount } from '../../supervisor/account.ts'
import type { AuthorizedKeys } from './authorized-keys.ts'
import type { Programs } from './find-program.ts'

/** Why sshd cannot run here, with the remedy; undefined when it can. */
export function whyDisabled(
  port: number,
  keys: AuthorizedKeys,
  programs: Partial<Programs>,
): string | undefined {
  if (programs.sshd === undefined) return 'there is no sshd here: install openssh-server'
  if (programs.keygen === undefined) return 'there is no ssh-keygen here: install openssh-client'
  if (keys.lines.length === 0) return noKeyProblem(keys)
  if (process.getuid?.() !== 0) return namelessProblem() ?? portProblem(port)
  if (process.platform === 'linux' && !findAccount('sshd'))
    return 'the account sshd does not exist here, and sshd does not run without it: run `useradd --system --no-create-home --shell /usr/sbin/nologin sshd`'
  return undefined
}

/** Said when no key is of use: why those that were given are not. */
export const noKeyProblem = ({ problems }: AuthorizedKeys) =>
  `no public key: ${[...problems.slice(0, 3), keyRemedy].join('; ')}`

const keyRemedy = 'set AUTHORIZED_KEYS, PUBLIC_KEY or SSH_PUBLIC_KEY to the text of your .pub file'

function namelessProblem(): string | undefined {
  try {
    userInfo()
    return undefined
  } catch {
    return `nobody can log in, because podmate runs as uid ${process.getuid?.()}, which no account here has: run podmate as an account or as root`
  }
}

function portProblem(port: number): string | undefined {
  return port < firstOpenPort()
    ? `port ${port} is for root alone, and podmate is not root: set SSH_PORT to 1024 or more`
    : undefined
}

function firstOpenPort(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'))
  } catch {
    return 1024 // no Linux
  }
}
