import { setTimeout as pause } from 'node:timers/promises'
import type { HubState } from './call.ts'
import type { Effect } from './faults.ts'
import { keyOf } from './find-repo.ts'
import { Refusal } from './refusal.ts'
import type { Repo } from './state.ts'
import { writeCommit } from './write-commit.ts'

/** Thrown when the connection is to end without an answer. */
export class Cut extends Error {}

type Params = Readonly<Record<string, string | undefined>>

/** What a fault does to the stand-in before the request is looked at. */
export async function harmBefore(
  state: HubState,
  effect: Effect,
  params: Params,
  authorization = '',
): Promise<void> {
  const repo = state.uploads.get(params.upload ?? '')?.repo ?? state.repos.get(keyOf(params))
  if (effect.fault === 'revoke-token') state.accounts.delete(authorization.replace('Bearer ', ''))
  if (!repo) return
  if (effect.fault === 'delete-repo') state.repos.delete(`${repo.type}/${repo.id}`)
  if (effect.fault === 'publish-repo') repo.private = false
  if (effect.fault === 'forget-objects') repo.objects.clear()
  if (effect.fault === 'rival-commit') await rival(state, repo, params.rev, effect.path)
}

async function rival(state: HubState, repo: Repo, rev = 'main', path = 'rival.txt'): Promise<void> {
  const branch = repo.branches.get(rev)
  if (branch) await writeCommit(state, repo, branch, { [path]: `commit ${branch.commits.length + 1}\n` })
}

/** The body as a fault lets it come. */
export async function* harmedChunks(
  chunks: AsyncIterable<Buffer>,
  effect: Effect | undefined,
): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (effect?.fault === 'cut' && bytes >= (effect.afterBytes ?? 0)) throw new Cut()
    if (effect?.fault === 'slow') await pause((chunk.length / effect.bytesPerSecond) * 1000)
    yield chunk
  }
}

/** The answer that a fault gives in the place of the real one. */
export function faultAnswer(effect: Extract<Effect, { fault: 'answer' }>): Refusal {
  const { status, retryAfter, retryAs = 'seconds', code, message = `Injected ${status}` } = effect
  return new Refusal(status, message, {
    ...(code !== undefined && { code }),
    ...(retryAfter !== undefined && retryHeaders(retryAfter, retryAs)),
  })
}

function retryHeaders(seconds: number, as: 'seconds' | 'date' | 'ratelimit'): Record<string, string> {
  if (as === 'ratelimit') {
    const policy = '"fixed window";"api";q=1000;w=300'
    return { RateLimit: `"api";r=0;t=${seconds}`, 'RateLimit-Policy': policy }
  }
  const date = () => new Date(Date.now() + seconds * 1000).toUTCString()
  return { 'Retry-After': as === 'date' ? date() : String(seconds) }
}
