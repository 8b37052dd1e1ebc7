import { mustWrite, seesPrivate, signedIn } from './accounts.ts'
import type { Call } from './call.ts'
import { Refusal } from './refusal.ts'
import type { Branch, Repo } from './state.ts'

/** The repository that a request is about, if its account may read it. */
export function readableRepo(call: Call): Repo {
  const { state, params, account } = call
  const repo = state.repos.get(keyOf(params))
  if (repo && (!repo.private || seesPrivate(account, repo))) return repo
  // To those who are not signed in, what is private and what is not there look the same.
  if (!account) throw new Refusal(401, 'Invalid username or password.', { code: 'RepoNotFound' })
  throw new Refusal(404, 'Repository not found', { code: 'RepoNotFound' })
}

/** The repository that a request is about, if its account may write to it. */
export function writableRepo(call: Call): Repo {
  const account = signedIn(call.account)
  const repo = readableRepo(call)
  mustWrite(account, call.params.ns ?? '', repo.id)
  return repo
}

export function branchOf(repo: Repo, name: string | undefined): Branch {
  const branch = repo.branches.get(name ?? 'main')
  if (!branch) throw new Refusal(404, `Invalid rev id: ${name}`, { code: 'RevisionNotFound' })
  return branch
}

/** What a repository is kept under: `models/me/run`. */
export function keyOf({ type = 'models', ns, name }: Readonly<Record<string, string | undefined>>): string {
  return `${type}/${ns}/${name}`
}

/** The address of a repository's page, in front of which only the base is missing. */
export function pageOf({ type, id }: Repo): string {
  return type === 'models' ? id : `${type}/${id}`
}
