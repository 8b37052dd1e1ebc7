import { findElsewhere } from '../../services/artifacts/uploader/hub/find-elsewhere.ts'
import { hubApi } from '../../services/artifacts/uploader/hub/hub-api.ts'
import type { HubOptions } from '../../services/artifacts/uploader/hub/hub-options.ts'
import type { HubRepo } from '../../services/artifacts/uploader/hub/hub-repo.ts'
import { listRepo } from '../../services/artifacts/uploader/hub/list-repo.ts'
import { problemOf } from '../../services/artifacts/uploader/hub/problem-of.ts'
import { hubProblem } from '../../services/artifacts/uploader/hub/problem-texts.ts'
import { readHead } from '../../services/artifacts/uploader/hub/read-head.ts'
import { RequestFailure } from '../../services/artifacts/uploader/hub/request-failure.ts'
import { whoHasToken } from '../../services/artifacts/uploader/hub/who-has-token.ts'

/** What a run would have done. */
export interface Wish {
  readonly uploads: { readonly path: string; readonly size: number }[]
  readonly deletions: string[]
  missing: boolean
}

/** The repository of the options, read only: what would be committed is noted in `wish`. */
export function dryHub(options: HubOptions, wish: Wish): HubRepo {
  const api = hubApi(options)
  const { target } = options
  const head = async (signal: AbortSignal) => {
    try {
      return await readHead(api, target.branch, { signal })
    } catch (error) {
      if (error instanceof RequestFailure && error.status === 404) return undefined
      throw error
    }
  }
  return {
    open: (signal) =>
      told(`Opening ${target.repoId}`, async () => {
        const user = await whoHasToken(api, { signal })
        const found = await head(signal)
        wish.missing = found === undefined
        const other = found ? undefined : await findElsewhere(api, target, { signal })
        if (other)
          throw hubProblem(
            'type',
            `${target.repoId} is a ${other} on the Hub, and HF_REPO_TYPE is ${target.repoType}`,
          )
        const { private: hidden = true, head: newest } = found ?? {}
        return { user, private: hidden, head: newest, url: api.page, warnings: [] }
      }),
    list: (signal) =>
      told(`Listing ${target.repoId}`, async () => {
        const newest = (await head(signal))?.head
        return newest === undefined ? new Map() : listRepo(api, newest, { signal })
      }),
    upload: async () => 'lfs',
    async commit(files, deleted) {
      wish.uploads.push(...files.map(({ remotePath, size }) => ({ path: remotePath, size })))
      wish.deletions.push(...deleted)
      return { oid: 'none', url: api.page }
    },
  }
}

async function told<T>(doing: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw problemOf(error, doing)
  }
}
