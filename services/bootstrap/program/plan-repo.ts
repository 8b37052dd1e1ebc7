import type { RepoOrder } from '../orders.ts'
import { isPublicAddress, sameRepository } from '../repo-url.ts'
import type { RepoLook } from './look-at-repo.ts'

/** What is done with REPO_DIR. `leave` is used as it is, although that may not be what was hoped for: `why` says so. */
export type RepoPlan =
  | { readonly do: 'clone'; readonly url: string }
  | { readonly do: 'finish-clone' }
  | { readonly do: 'pull'; readonly source: string }
  | { readonly do: 'nothing'; readonly why: string }
  | { readonly do: 'leave'; readonly why: string }

/** Decides from the state of REPO_DIR and what was asked for. Pure. */
export function planRepo(look: RepoLook, order: RepoOrder): RepoPlan {
  switch (look.type) {
    case 'half-clone':
      return look.complete ? { do: 'finish-clone' } : planClone(order)
    case 'missing':
    case 'empty':
      return planClone(order)
    case 'mounted':
      return { do: 'nothing', why: `a mounted tree (it has ${order.requirementsFile} but no .git)` }
    case 'foreign':
      return { do: 'leave', why: foreign(look.entries, order) }
    case 'damaged':
      return { do: 'leave', why: 'its .git is not a usable repository; move it away to have it cloned again' }
    case 'checkout':
      return planPull(look, order)
    default:
      return look satisfies never
  }
}

function planClone({ url, clone }: RepoOrder): RepoPlan {
  if (url === undefined) return { do: 'nothing', why: 'REPO_URL is not set' }
  if (!clone) return { do: 'nothing', why: 'CLONE_REPO_ON_START is 0' }
  return { do: 'clone', url }
}

function foreign(entries: readonly string[], { requirementsFile, url }: RepoOrder): string {
  const some = entries.slice(0, 3).join(', ')
  const remedy = url === undefined ? '' : '; empty it to have REPO_URL cloned'
  return `it holds other files (${some}) and neither .git nor ${requirementsFile}${remedy}`
}

function planPull(look: Extract<RepoLook, { type: 'checkout' }>, order: RepoOrder): RepoPlan {
  const { url, pull } = order
  if (url !== undefined && look.url !== undefined && !sameRepository(url, look.url)) {
    return {
      do: 'leave',
      why: `it is a checkout of ${look.url}, not of REPO_URL; move it away to have REPO_URL cloned`,
    }
  }
  if (!pull) return { do: 'nothing', why: 'GIT_AUTO_PULL is 0' }
  const source = url ?? look.url
  if (source === undefined) return { do: 'nothing', why: 'it has no remote "origin" and REPO_URL is not set' }
  if (!isPublicAddress(source)) {
    return {
      do: 'leave',
      why: 'its remote is reached with a key; set REPO_URL to its public address to have it pulled',
    }
  }
  if (look.changes.length > 0) {
    const some = look.changes.slice(0, 3).join(', ')
    return {
      do: 'leave',
      why: `it has local changes (${some}); commit or \`git stash\` them to have it pulled`,
    }
  }
  return { do: 'pull', source }
}
