import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

/** Absolute paths: sshd wants to be started by one. */
export interface Programs {
  readonly sshd: string
  readonly keygen: string
}

const usualFolders = ['/usr/sbin', '/usr/local/sbin', '/usr/bin', '/usr/local/bin', '/sbin', '/bin']
const sftpFolders = ['/usr/lib/openssh', '/usr/lib/ssh', '/usr/libexec/openssh', '/usr/libexec', '/usr/lib']

/** The programs of OpenSSH that podmate starts, as far as they are here. */
export function findPrograms(folders: readonly string[] = usualFolders): Partial<Programs> {
  const sshd = findProgram('sshd', folders)
  const keygen = findProgram('ssh-keygen', folders)
  return { ...(sshd === undefined ? {} : { sshd }), ...(keygen === undefined ? {} : { keygen }) }
}

/** The absolute path of a program that can be run; undefined when no folder has it. */
function findProgram(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

/** The program behind sftp, and behind scp since OpenSSH 9. */
export const findSftpServer = () => findProgram('sftp-server', sftpFolders)

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
