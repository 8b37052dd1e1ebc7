import pRetry from 'p-retry'
import { z } from 'zod'
import type { CommitBody } from './commit-body.ts'
import type { HubApi } from './hub-api.ts'
import { waitToRetry } from './hub-fetch.ts'
import type { CommitDone } from './hub-repo.ts'
import { hubProblem } from './problem-texts.ts'
import { readHead } from './read-head.ts'
import { RequestFailure } from './request-failure.ts'

const committed = z.object({ commitOid: z.string(), commitUrl: z.string() })
const present = z.array(
  z.object({ path: z.string(), oid: z.string(), lfs: z.object({ oid: z.string() }).nullish() }),
)

/**
 * Commits on top of `parent`, once. When the answer is lost the branch is looked at: it may have moved to what the
 * commit leaves, which is success. Asking again is safe at any time, for the Hub takes a parent only once.
 */
export function postCommit(
  api: HubApi,
  branch: string,
  parent: string | undefined,
  { body, leaves }: CommitBody,
  signal: AbortSignal,
): Promise<CommitDone> {
  const once = async (): Promise<CommitDone> => {
    const url = api.address(`commit/${encodeURIComponent(branch)}`)
    try {
      const done = await api.post(url, committed, { signal, once: true }, body, 'application/x-ndjson')
      return { oid: done.commitOid, url: done.commitUrl }
    } catch (error) {
      if (!(error instanceof RequestFailure) || !(error.isUncertain || error.status === 412)) throw error
      const { head } = await readHead(api, branch, { signal })
      if (head === undefined || head === parent) throw error
      if (await hasAll(api, head, leaves, signal)) return { oid: head, url: `${api.page}/commit/${head}` }
      throw hubProblem('conflict', `Somebody else has committed to ${api.page} meanwhile`)
    }
  }
  return pRetry(once, {
    retries: api.timing.tries - 1,
    minTimeout: 0,
    signal,
    shouldRetry: ({ error, attemptNumber }) =>
      waitToRetry(error, attemptNumber + 1, { timing: api.timing, signal }),
  })
}

/** Whether the commit `head` has at every path what ours leaves there. */
async function hasAll(
  api: HubApi,
  head: string,
  leaves: CommitBody['leaves'],
  signal: AbortSignal,
): Promise<boolean> {
  const body = { paths: [...leaves.keys()] }
  const entries = await api.ask(`paths-info/${head}`, present, { signal }, body)
  const there = new Map(entries.map(({ path, oid, lfs }) => [path, lfs?.oid ?? oid]))
  return [...leaves].every(([path, oid]) => there.get(path) === oid)
}
