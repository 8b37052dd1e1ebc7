/** One version of one file, as it is offered to the Hub. */
export interface LocalFile {
  /** Absolute. */
  readonly path: string
  readonly remotePath: string
  readonly size: number
  /** In hex, like `gitOid`, which is the hash of the bytes as a git blob. */
  readonly sha256: string
  readonly gitOid?: string
  /** Its bytes. Throws a HubProblem `changed-file` where it is no longer this version. */
  open(): Blob
}

/** What the Hub has at one path: `sha256` of an LFS file, `gitOid` of any other. */
export interface RemoteFile {
  readonly size: number
  readonly sha256?: string
  readonly gitOid?: string
}

export interface CommitMessage {
  readonly title: string
  readonly description?: string
}

export interface OpenedRepo {
  readonly user: string
  readonly private: boolean
  readonly head: string | undefined
  readonly url: string
  /** What the user should know: the repo is public, the token may do more than it needs. */
  readonly warnings: readonly string[]
}

/** A repo on the Hub. Everything rejects with a HubProblem, or with the signal's reason. */
export interface HubRepo {
  /** Who the token belongs to, the repo (created where it is missing) and its head. */
  open(): Promise<OpenedRepo>
  list(): Promise<ReadonlyMap<string, RemoteFile>>
  /** Stores the bytes of one LFS file and commits nothing; for a `regular` file nothing is sent. */
  upload(file: LocalFile, signal: AbortSignal): Promise<'lfs' | 'regular'>
  commit(
    files: readonly LocalFile[],
    deleted: readonly string[],
    message: CommitMessage,
    signal: AbortSignal,
  ): Promise<{ readonly oid: string; readonly url: string }>
}

export type HubProblemKind =
  | 'retry-later'
  | 'auth'
  | 'not-found'
  | 'quota'
  | 'too-large'
  | 'conflict'
  | 'changed-file'
  | 'bad-request'

/** Why the Hub did not do it, in a sentence with the remedy, without the token. */
export class HubProblem extends Error {
  readonly kind: HubProblemKind
  readonly retryAfterMs?: number
  constructor(kind: HubProblemKind, message: string, options: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(message, options)
    this.name = 'HubProblem'
    this.kind = kind
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs
  }
}
