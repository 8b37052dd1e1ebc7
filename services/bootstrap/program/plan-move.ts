import type { GitMarker } from './git-marker.ts'

/** What REPO_REF (or the branch that is checked out) stands for at the remote. */
export interface Target {
  readonly type: 'branch' | 'tag' | 'commit'
  readonly name: string
  readonly commit: string
}

/** Where HEAD is, seen from the target. */
export type Relation = 'same' | 'behind' | 'ahead' | 'diverged'

export interface Head {
  readonly branch?: string
  readonly commit?: string
}

export type Move =
  | { readonly do: 'stay' }
  | { readonly do: 'fast-forward' }
  | { readonly do: 'switch' }
  /** The branch was written anew at the remote, and nothing of anybody's is on this one. */
  | { readonly do: 'follow' }
  | { readonly do: 'leave'; readonly why: string }

/** How a clean checkout gets to the target without losing or hiding anything. Pure. */
export function planMove(
  head: Head,
  target: Target,
  relation: Relation,
  marker: GitMarker | undefined,
): Move {
  const here = target.type === 'branch' ? head.branch === target.name : relation === 'same'
  if (!here) return mayLeave(head, marker) ? { do: 'switch' } : { do: 'leave', why: elsewhere(head, target) }
  switch (relation) {
    case 'same':
      return { do: 'stay' }
    case 'behind':
      return { do: 'fast-forward' }
    case 'ahead':
      return { do: 'leave', why: `its branch ${target.name} has commits that the remote does not have` }
    case 'diverged':
      if (marker?.commit !== undefined && head.commit === marker.commit) return { do: 'follow' }
      return {
        do: 'leave',
        why: `its branch ${target.name} and the remote's have diverged; merge or rebase by hand`,
      }
    default:
      return relation satisfies never
  }
}

/** HEAD stands where podmate put it: nobody chose that place by hand. */
function mayLeave(head: Head, marker: GitMarker | undefined): boolean {
  if (marker === undefined) return false
  if (head.branch !== undefined) return head.branch === marker.branch
  return marker.branch === undefined && head.commit === marker.commit
}

function elsewhere(head: Head, { name, type }: Target): string {
  const place = head.branch === undefined ? 'a commit of no branch' : `branch ${head.branch}`
  const command = type === 'branch' ? `git switch ${name}` : `git switch --detach ${name}`
  return `it was put on ${place} by hand, and REPO_REF is ${name}; \`${command}\` goes there`
}
