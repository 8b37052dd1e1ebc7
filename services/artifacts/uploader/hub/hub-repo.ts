import type { LocalFile } from './local-file.ts'

/** What is known of the repository once it was opened. `warnings` are sentences for the user. */
export interface OpenedRepo {
  readonly user: string
  readonly private: boolean
  readonly head: string | undefined
  readonly url: string
  readonly warnings: readonly string[]
}

/** A file of the repository: LFS objects have a sha256, the others git's own name of their content. */
export interface RemoteFile {
  readonly size: number
  readonly sha256?: string
  readonly gitOid?: string
}

export interface CommitMessage {
  readonly title: string
  readonly description?: string
}

export interface CommitDone {
  readonly oid: string
  readonly url: string
}

/** One branch of one repository on the Hub. Everything rejects with a HubProblem, or with the reason of its signal. */
export interface HubRepo {
  /** Checks the token, makes the repository (private) when there is none, and finds its newest commit. */
  open(signal: AbortSignal): Promise<OpenedRepo>
  /** All files by path, as of the commit that the next `commit` will be based on. */
  list(signal: AbortSignal): Promise<ReadonlyMap<string, RemoteFile>>
  /** Sends the bytes of one LFS file and commits nothing. Resolves with `regular`, having sent nothing, for others. */
  upload(file: LocalFile, signal: AbortSignal): Promise<'lfs' | 'regular'>
  /**
   * Commits all files and deletions at once, sending what LFS files were not uploaded yet. Never commits twice when an
   * answer is lost. `conflict`: someone else committed; list again, compare again. `changed-file` names its file.
   */
  commit(
    files: readonly LocalFile[],
    deleted: readonly string[],
    message: CommitMessage,
    signal: AbortSignal,
  ): Promise<CommitDone>
}
