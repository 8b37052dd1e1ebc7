/** An account by number, and its home folder. */
export interface AccountNumbers {
  readonly uid: number
  readonly gid: number
  readonly home: string
}

/** What is asked of the program's first run: REPO_DIR. Holds nothing secret: it is an argument of a command line. */
export interface RepoOrder {
  readonly dir: string
  /** A public http, https, git or file address without user or password; undefined = nothing is cloned. */
  readonly url?: string
  /** A branch, tag or commit; undefined = the remote's default branch, later the branch that is checked out. */
  readonly ref?: string
  readonly clone: boolean
  readonly pull: boolean
  readonly submodules: boolean
  readonly lfs: boolean
  /** The file that makes a folder without `.git` a mounted tree, relative to `dir`. */
  readonly requirementsFile: string
  /** Names in `dir` that podmate itself makes (state, venv): a folder with nothing else counts as empty. */
  readonly ours: readonly string[]
  /** Who gets a folder that has to be made; absent = whoever runs podmate. */
  readonly account?: AccountNumbers
  /** The pause before an unreachable remote is tried again; doubles once. */
  readonly retryMs: number
}

/** What is asked of the program's second run: VENV_DIR. */
export interface RequirementsOrder {
  readonly dir: string
  readonly venv: string
  readonly requirementsFile: string
  /** The user named the file, so its absence is a mistake. */
  readonly fileGiven: boolean
  readonly force: boolean
  readonly account?: AccountNumbers
}

export type Order =
  | { readonly phase: 'repo'; readonly order: RepoOrder }
  | { readonly phase: 'requirements'; readonly order: RequirementsOrder }
