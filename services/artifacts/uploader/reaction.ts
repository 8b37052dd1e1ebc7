import { HubProblem } from './hub/hub-problem.ts'

/** What to do about a problem: wait and do it again, look anew at what is there, or try fewer files at a time. */
export type Reaction =
  | { readonly type: 'wait'; readonly ms: number; readonly forUser: boolean }
  | { readonly type: 'list-again' }
  | { readonly type: 'look-again'; readonly path: string | undefined }
  | { readonly type: 'fewer-files' }

const firstWaitMs = 2000
const longestWaitMs = 300_000
const userWaitMs = 600_000
const mostConflicts = 5

/** Any error as a problem of the Hub: an unknown one may pass. Pure. */
export function asProblem(error: unknown): HubProblem {
  if (error instanceof HubProblem) return error
  const text = error instanceof Error ? error.message : String(error)
  return new HubProblem('retry-later', text, { cause: error })
}

/**
 * What a problem asks for, after `failures` of its kind in a row (this one included); `files` were to be committed.
 * `random` is from 0 to 1. Pure.
 */
export function reactionTo(problem: HubProblem, failures: number, files: number, random: number): Reaction {
  const { kind, retryAfterMs = 0, path } = problem
  if (kind === 'changed-file') return { type: 'look-again', path }
  if (kind === 'conflict' && failures <= mostConflicts) return { type: 'list-again' }
  if ((kind === 'too-large' || kind === 'bad-request') && files > 0) return { type: 'fewer-files' }
  if (kind === 'retry-later' || kind === 'conflict') {
    const longest = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures, 20))
    // Not less than a quarter: several pods must not come back at the same time, nor any at once.
    return { type: 'wait', ms: Math.max(retryAfterMs, longest * (0.25 + 0.75 * random)), forUser: false }
  }
  return { type: 'wait', ms: Math.max(retryAfterMs, userWaitMs), forUser: true }
}
