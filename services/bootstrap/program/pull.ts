import type { RepoOrder } from '../orders.ts'
import type { Git } from './git.ts'
import { readMarker, writeMarker } from './git-marker.ts'
import { readHead } from './head.ts'
import { type Move, planMove, type Relation, type Target } from './plan-move.ts'
import { switchTo } from './switch-to.ts'
import { askRemote, bring, missing } from './target.ts'

/** Brings a clean checkout to REPO_REF, or its own branch to the remote's; says in words what came of it. */
export async function pull(source: string, order: RepoOrder, git: Git): Promise<Move> {
  const head = await readHead(git)
  const ref = order.ref ?? head.branch
  if (ref === undefined)
    return { do: 'leave', why: 'it is at a commit of no branch, and REPO_REF is not set' }
  const wanted = await askRemote(git, source, ref)
  if (!wanted && order.ref !== undefined) throw missing()
  if (!wanted) return { do: 'leave', why: `its branch ${ref} does not exist at the remote` }
  return move(git, order.dir, await bring(git, source, wanted))
}

async function move(git: Git, dir: string, target: Target): Promise<Move> {
  const head = await readHead(git)
  const step = planMove(head, target, await relationOf(git, target), readMarker(dir))
  if (step.do === 'fast-forward' || step.do === 'follow') await bringTo(git, dir, target, step.do)
  if (step.do !== 'switch') return step
  await switchTo(git, target)
  writeMarker(dir, await readHead(git))
  // The branch that was switched to may be an old one.
  const next = planMove(await readHead(git), target, await relationOf(git, target), readMarker(dir))
  if (next.do === 'fast-forward' || next.do === 'follow') await bringTo(git, dir, target, next.do)
  return next.do === 'leave' ? next : step
}

/** Moves the branch that is checked out; what was on it stays in its reflog. */
async function bringTo(
  git: Git,
  dir: string,
  { commit }: Target,
  how: 'fast-forward' | 'follow',
): Promise<void> {
  if (how === 'follow') await git.run('reset', '--quiet', '--hard', commit)
  else await git.run('merge', '--quiet', '--ff-only', commit)
  if (readMarker(dir) !== undefined) writeMarker(dir, await readHead(git))
}

/** Where HEAD is, seen from the target. A branch without commits is behind everything. */
async function relationOf(git: Git, { commit }: Target): Promise<Relation> {
  const here = await git.ask('rev-parse', '--verify', '--quiet', 'HEAD')
  if (here === commit) return 'same'
  const isAncestor = async (older: string, newer: string) =>
    (await git.ask('merge-base', '--is-ancestor', older, newer)) !== undefined
  if (here === undefined || (await isAncestor(here, commit))) return 'behind'
  return (await isAncestor(commit, here)) ? 'ahead' : 'diverged'
}
