import { BootstrapFailure } from '../exit-codes.ts'
import type { Git } from './git.ts'
import type { Target } from './plan-move.ts'

/** What a name means at the remote, before anything is brought here. */
export type RemoteRef = Omit<Target, 'commit'>

const refMissing = 'REPO_REF names no branch, tag or commit of REPO_URL; correct it or unset it'

/** Asks the remote for a branch, tag or commit by name; undefined when the remote cannot have it. */
export async function askRemote(git: Git, source: string, ref: string): Promise<RemoteRef | undefined> {
  return findRef(await git.network('ls-remote', '--', source, ref), ref)
}

/** What `ref` is in the output of `git ls-remote`: a branch before a tag before a commit. */
export function findRef(listing: string, ref: string): RemoteRef | undefined {
  const names = new Set(listing.split('\n').map((line) => line.split('\t')[1]))
  if (names.has(`refs/heads/${ref}`)) return { type: 'branch', name: ref }
  if (names.has(`refs/tags/${ref}`)) return { type: 'tag', name: ref }
  return /^[0-9a-f]{7,64}$/i.test(ref) ? { type: 'commit', name: ref } : undefined
}

/** Brings the commits of a ref here; rejects with `refMissing` when the remote does not have them. */
export async function bring(git: Git, source: string, ref: RemoteRef): Promise<Target> {
  const fetch = (...specs: string[]) => git.network('fetch', '--quiet', '--no-tags', '--', source, ...specs)
  if (ref.type === 'branch') await fetch(`+refs/heads/${ref.name}:${localName(ref)}`)
  if (ref.type === 'tag') await fetch(`+refs/tags/${ref.name}:${localName(ref)}`)
  if (ref.type === 'commit' && !(await commitOf(git, ref))) await fetch('+refs/heads/*:refs/remotes/origin/*')
  // A commit that no branch leads to: many servers hand it out when it is named whole.
  if (ref.type === 'commit' && !(await commitOf(git, ref)) && ref.name.length >= 40) await fetch(ref.name)
  const commit = await commitOf(git, ref)
  if (!commit) throw missing()
  return { ...ref, commit }
}

/** The failure for a REPO_REF that `askRemote` did not find. */
export function missing(): BootstrapFailure {
  return new BootstrapFailure('refMissing', refMissing)
}

function commitOf(git: Git, ref: RemoteRef): Promise<string | undefined> {
  return git.ask('rev-parse', '--verify', '--quiet', `${localName(ref)}^{commit}`)
}

function localName({ type, name }: RemoteRef): string {
  if (type === 'commit') return name
  return type === 'branch' ? `refs/remotes/origin/${name}` : `refs/tags/${name}`
}
