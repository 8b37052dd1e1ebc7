export interface SessionEnvironment {
  /** A shell file that sets and exports every variable. */
  readonly text: string
  /** Names that no shell can hold: left out. */
  readonly skipped: readonly string[]
}

/** What sshd and the shell say themselves about each session. */
const perSession = new Set([
  ...['HOME', 'USER', 'LOGNAME', 'SHELL', 'TERM', 'MAIL', 'PWD', 'OLDPWD', 'SHLVL', '_'],
  ...['SSH_CLIENT', 'SSH_CONNECTION', 'SSH_TTY', 'SSH_AUTH_SOCK', 'SSH_ORIGINAL_COMMAND', 'SSH_USER_AUTH'],
  // Read-only in some shells: to set one would end the session.
  ...['UID', 'EUID', 'PPID', 'GROUPS', 'BASHOPTS', 'SHELLOPTS', 'BASH_VERSINFO', 'IFS', 'OPTIND'],
])

/** The variables of a session as a shell file, byte for byte: nothing in a value is ever run or expanded. */
export function sessionEnvironment(env: Readonly<Record<string, string>>): SessionEnvironment {
  const names = Object.keys(env).filter((name) => !perSession.has(name))
  const fit = names.filter((name) => /^[A-Za-z_]\w*$/.test(name))
  const lines = fit.map((name) => `export ${name}=${shellQuoted(env[name] ?? '')}\n`)
  return { text: lines.join(''), skipped: names.filter((name) => !fit.includes(name)) }
}

/** A text that a shell takes as it is. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
