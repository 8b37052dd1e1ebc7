import { createHash } from 'node:crypto'

/** One file of a branch. `oid` is git's name of it, `sha256` is there when it is kept as an LFS object. */
export interface TreeFile {
  readonly path: string
  readonly oid: string
  readonly size: number
  readonly sha256?: string
}

/** What a commit did to one path; without `file` it took the path away. */
export interface Change {
  readonly path: string
  readonly file?: TreeFile
}

/** `changes` are the real ones: a commit of what was there already has none. `operations` counts what was asked for. */
export interface Commit {
  readonly oid: string
  readonly parent: string | undefined
  readonly title: string
  readonly description: string
  readonly by: string
  readonly operations: number
  readonly changes: readonly Change[]
}

export interface Branch {
  readonly commits: Commit[]
  readonly files: Map<string, TreeFile>
}

export interface Repo {
  readonly type: string
  readonly id: string
  private: boolean
  readonly branches: Map<string, Branch>
  /** The LFS objects that its storage holds: size by sha256. */
  readonly objects: Map<string, number>
}

/** The last commit of a branch. */
export function headOf(branch: Branch): string {
  return branch.commits.at(-1)?.oid ?? ''
}

/** Adds a commit to a branch, at once. Paths that stay as they were are no change. */
export function addCommit(branch: Branch, commit: Omit<Commit, 'oid' | 'parent' | 'operations'>): Commit {
  const changes = commit.changes.filter(({ path, file }) => branch.files.get(path)?.oid !== file?.oid)
  const parent = branch.commits.at(-1)?.oid
  const content = {
    ...commit,
    changes,
    parent,
    operations: commit.changes.length,
    number: branch.commits.length,
  }
  const oid = createHash('sha1').update(JSON.stringify(content)).digest('hex')
  const made = { ...commit, changes, parent, operations: commit.changes.length, oid }
  branch.commits.push(made)
  apply(branch.files, changes)
  return made
}

/** The files as they were after a commit of the branch; undefined for a commit it does not have. */
export function filesAt(branch: Branch, oid: string): ReadonlyMap<string, TreeFile> | undefined {
  if (oid === headOf(branch)) return branch.files
  const last = branch.commits.findIndex((commit) => commit.oid === oid)
  if (last < 0) return undefined
  const files = new Map<string, TreeFile>()
  for (const { changes } of branch.commits.slice(0, last + 1)) apply(files, changes)
  return files
}

function apply(files: Map<string, TreeFile>, changes: readonly Change[]): void {
  for (const { path, file } of changes) {
    if (file) files.set(path, file)
    else files.delete(path)
  }
}
