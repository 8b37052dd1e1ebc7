/** What one variable says about who may log in, as it was given. */
export interface KeySource {
  readonly variable: string
  readonly text: string
}

/** An account that somebody named, and where. */
export interface NamedAccount {
  readonly variable: string
  readonly name: string
}

/** Files that outlive the pod. Both may reject, and may take as long as a volume hangs. */
export interface KeptFiles {
  /** Undefined when there is no such file. */
  readText(name: string): Promise<string | undefined>
  writeText(name: string, text: string): Promise<void>
}

export interface SshdOptions {
  /** START_SSHD is 1: where it cannot run it is not ready, instead of disabled. */
  readonly isAsked?: boolean
  readonly port: number
  /** Public keys, one a line; what is no public key is refused by the name of its variable. */
  readonly keys: readonly KeySource[]
  /** Who may log in beside root; when podmate is not root, nobody but its own account may. */
  readonly accounts: readonly NamedAccount[]
  /** What sessions see of the container's environment: no secrets but those that were asked for. */
  readonly env: Readonly<Record<string, string>>
  /** An RSA host key as well, for clients that know nothing newer. */
  readonly rsaHostKey: boolean
  /** Where host keys are kept. */
  readonly files: KeptFiles
  /** Tells this podmate from others on the machine. */
  readonly stateDir: string
  /** Where the port is reached from outside. */
  readonly publicAddress?: { readonly host: string; readonly port: number }
  /** Where programs are looked for. */
  readonly programFolders?: readonly string[]
}
