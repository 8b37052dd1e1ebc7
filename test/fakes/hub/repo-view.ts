import type { HubState } from './call.ts'
import { branchOf } from './find-repo.ts'
import { type Commit, filesAt, headOf, type Repo, type TreeFile } from './state.ts'

/** One branch of a repository as a test looks at it. */
export interface RepoView {
  readonly private: boolean
  readonly head: string
  /** Oldest first; the first one, which brings .gitattributes, was made with the repository. */
  readonly commits: readonly Commit[]
  readonly files: ReadonlyMap<string, TreeFile>
  /** Sizes of the LFS objects in its storage, by sha256. */
  readonly objects: ReadonlyMap<string, number>
  /** The files as they were after a commit. */
  filesAt(oid: string): ReadonlyMap<string, TreeFile>
  /** The bytes of a file, now or after a commit. */
  read(path: string, oid?: string): Promise<Buffer>
}

export function repoView({ blobs }: HubState, repo: Repo, branchName = 'main'): RepoView {
  const branch = branchOf(repo, branchName)
  const at = (oid: string) => filesAt(branch, oid) ?? new Map<string, TreeFile>()
  return {
    private: repo.private,
    head: headOf(branch),
    commits: branch.commits,
    files: branch.files,
    objects: repo.objects,
    filesAt: at,
    async read(path, oid = headOf(branch)) {
      const file = at(oid).get(path)
      if (!file) throw new Error(`${path} is not in ${repo.id} at ${oid}`)
      return blobs.read(file.sha256 ?? file.oid)
    },
  }
}
