import { readFileSync } from 'node:fs'
import type { ProcessEntry } from '../../../supervisor/process-table.ts'

/** A server process of OpenSSH (its name changed with 9.8) or Dropbear: a listener, or what serves one connection. */
export function isSshd({ name }: Pick<ProcessEntry, 'name'>): boolean {
  return name === 'sshd' || name === 'sshd-session' || name === 'sshd-auth' || name === 'dropbear'
}

/** The title of a connection that has logged in: `sshd: root@pts/0`, `sshd: root` for a tunnel; undefined for others. Pure. */
export function connectionTitle(commandLine: string): string | undefined {
  const title = commandLine.replaceAll('\0', ' ').trim()
  // In brackets: a listener, the helper of a connection, or one that has not logged in yet.
  return /^sshd(-session)?: [^[]+$/.test(title) ? title : undefined
}

/** The command line of a process as the kernel has it; empty when it is gone. */
export function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
