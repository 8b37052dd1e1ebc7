/** What an image is called: by its commit, and as the latest one. Registries take lower-case names only. */
export function imageNames(repository: string, revision: string): readonly [string, string] {
  const name = repository.toLowerCase()
  return [`${name}:${revision}`, `${name}:latest`]
}

/** The commit, shortened; marked when what is built is not what was committed. */
export function revisionOf(commit: string, changes: string): string {
  return `${commit.slice(0, 12)}${changes.trim() === '' ? '' : '-changed'}`
}
