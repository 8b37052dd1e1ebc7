import { shellQuoted } from './session-environment.ts'

export interface ConfigOptions {
  readonly port: number
  readonly folder: string
  readonly hostKeyPaths: readonly string[]
  /** Who may log in. */
  readonly allowed: readonly string[]
  /** Runs the command that prints our own list of keys. */
  readonly keysAs: string
  /** Undefined: there is none on this machine, sshd has one built in. */
  readonly sftpServer: string | undefined
  /** False: sessions get what sshd gives them, and nothing of the container. */
  readonly withEnvironment: boolean
}

/** The whole configuration of sshd; nothing of /etc/ssh takes part. Pure. */
export function sshdConfig(options: ConfigOptions): string {
  const { port, folder, hostKeyPaths, allowed, keysAs, sftpServer, withEnvironment } = options
  const lines = [
    `Port ${port}`,
    ...hostKeyPaths.map((path) => `HostKey ${quoted(path)}`),
    `AllowUsers ${allowed.join(' ')}`,
    'AuthenticationMethods publickey',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PubkeyAuthentication yes',
    'PermitRootLogin prohibit-password',
    'PermitUserEnvironment no',
    // Above all the keys of the home; ours, too, so that a home that cannot be written locks nobody out.
    'AuthorizedKeysFile .ssh/authorized_keys',
    `AuthorizedKeysCommand /bin/cat ${quoted(`${folder}/authorized_keys`.replaceAll('%', '%%'))}`,
    `AuthorizedKeysCommandUser ${keysAs}`,
    'StrictModes yes',
    'UsePAM no',
    'UseDNS no',
    'MaxAuthTries 20',
    'LoginGraceTime 30',
    'MaxStartups 30:30:100',
    'ClientAliveInterval 30',
    'ClientAliveCountMax 4',
    'X11Forwarding no',
    'PrintMotd no',
    'PidFile none',
    'LogLevel INFO',
    `Subsystem sftp ${withEnvironment && sftpServer !== undefined ? quoted(sftpServer) : 'internal-sftp'}`,
    ...(withEnvironment ? environmentPart(folder) : []),
  ]
  return `${lines.join('\n')}\n`
}

/** Certificates can carry commands of their own, which a forced command would hide: they are not accepted. */
function environmentPart(folder: string): readonly string[] {
  return [
    'ExposeAuthInfo yes',
    // The older name, which OpenSSH knew before 8.5 and still takes.
    'PubkeyAcceptedKeyTypes -*-cert-v01@openssh.com',
    `ForceCommand exec /bin/sh ${shellQuoted(`${folder}/session.sh`)} ${shellQuoted(folder)}`,
  ]
}

const quoted = (path: string) => `"${path}"`
