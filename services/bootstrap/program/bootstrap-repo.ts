import { mkdirSync } from 'node:fs'
import { makeFolder } from '../../../supervisor/make-folder.ts'
import { BootstrapFailure } from '../exit-codes.ts'
import type { AccountNumbers, RepoOrder } from '../orders.ts'
import { withoutUserInfo } from '../repo-url.ts'
import { become, canBecome, environmentAs, ownerOf, self } from './accounts.ts'
import { clone, finishClone } from './clone.ts'
import { type Git, gitIn } from './git.ts'
import { readHead } from './head.ts'
import { lookAtRepo, type RepoLook } from './look-at-repo.ts'
import { fetchParts } from './parts.ts'
import type { Move } from './plan-move.ts'
import { planRepo, type RepoPlan } from './plan-repo.ts'
import { pull } from './pull.ts'
import { report, say } from './say.ts'

/** What came of it, in words for the status; `why` is there when something was not done. */
interface Outcome {
  readonly action:
    | 'none'
    | 'left alone'
    | 'up to date'
    | 'cloned'
    | 'fast-forwarded'
    | 'switched'
    | 'follows a force-push'
  readonly why?: string
}

/** Brings REPO_DIR to what was asked for, as its owner; says and reports what it found and did. */
export async function bootstrapRepo(order: RepoOrder, env: NodeJS.ProcessEnv): Promise<void> {
  const owner = ownerOf(order.dir)
  const account = owner ?? order.account ?? self()
  if (!canBecome(account)) return tell('unknown', { action: 'left alone', why: belongsTo(account) }, [])
  if (!owner) {
    const plan = planRepo({ type: 'missing' }, order)
    if (plan.do === 'nothing') return tell('missing', { action: 'none', why: plan.why }, [])
    await makeFolder(order.dir, account, { deep: true })
  }
  const own = environmentAs(account, env)
  become(account)
  if (!owner) mkdirSync(order.dir, { recursive: true }) // where it could not be made, this says why
  const git = gitIn(order.dir, own, order.retryMs)
  const look = await lookAtRepo(order, git)
  const state = owner ? stateOf(look) : 'missing'
  report('repo', { state, action: 'under way' })
  const outcome = await carryOut(planRepo(look, order), order, git, own)
  const isCheckout = look.type === 'checkout' || outcome.action === 'cloned'
  const brought = isCheckout && !['none', 'left alone'].includes(outcome.action)
  const missing = brought ? await fetchParts(order, git) : []
  await tell(state, outcome, missing, isCheckout ? git : undefined)
}

async function carryOut(
  plan: RepoPlan,
  order: RepoOrder,
  git: Git,
  env: NodeJS.ProcessEnv,
): Promise<Outcome> {
  switch (plan.do) {
    case 'nothing':
      return { action: 'none', why: plan.why }
    case 'leave':
      return { action: 'left alone', why: plan.why }
    case 'finish-clone':
      finishClone(order.dir)
      return { action: 'cloned' }
    case 'clone':
      say('info', `cloning ${plan.url}`)
      await clone(plan.url, order, env)
      return { action: 'cloned' }
    case 'pull':
      return pullIfPossible(plan.source, order, git)
    default:
      return plan satisfies never
  }
}

/** A tree that cannot be pulled today is still the user's tree; only a REPO_REF that does not exist is a mistake. */
async function pullIfPossible(source: string, order: RepoOrder, git: Git): Promise<Outcome> {
  try {
    return outcomeOf(await pull(source, order, git))
  } catch (error) {
    if (!(error instanceof BootstrapFailure) || error.kind === 'refMissing') throw error
    return { action: 'left alone', why: error.message }
  }
}

function outcomeOf(move: Move): Outcome {
  switch (move.do) {
    case 'stay':
      return { action: 'up to date' }
    case 'fast-forward':
      return { action: 'fast-forwarded' }
    case 'switch':
      return { action: 'switched' }
    case 'follow':
      return {
        action: 'follows a force-push',
        why: 'its branch was written anew at the remote, and nothing was changed here; `git reflog` has the commit before',
      }
    case 'leave':
      return { action: 'left alone', why: move.why }
    default:
      return move satisfies never
  }
}

function stateOf(look: RepoLook): string {
  if (look.type === 'half-clone') return 'empty'
  return look.type === 'checkout' && look.changes.length > 0 ? 'changed' : look.type
}

async function tell(
  state: string,
  { action, why }: Outcome,
  missing: readonly string[],
  git?: Git,
): Promise<void> {
  const head = git ? await readHead(git) : {}
  const url = git && (await git.ask('config', '--get', 'remote.origin.url'))
  const words = [why === undefined ? action : `${action}: ${why}`, ...missing].join('; ')
  report('repo', {
    state,
    action: withoutUserInfo(words),
    ...head,
    ...(url ? { url: withoutUserInfo(url) } : {}),
  })
  const at = head.commit === undefined ? '' : ` (${head.branch ?? 'no branch'}, ${head.commit.slice(0, 12)})`
  say(action === 'left alone' || missing.length > 0 ? 'warn' : 'info', `REPO_DIR${at}: ${words}`)
}

function belongsTo({ uid }: AccountNumbers): string {
  return `it belongs to uid ${uid}, and podmate runs as uid ${self().uid}: run podmate as that account or as root`
}
