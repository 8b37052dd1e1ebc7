import { repoExists } from '@huggingface/hub'
import type { HubTarget } from '../options.ts'
import type { Errand } from './errand.ts'
import type { HubApi } from './hub-api.ts'
import { RequestFailure } from './request-failure.ts'

const types = ['model', 'dataset', 'space'] as const

/** Of which other type there is a repository of that name; undefined when there is none. */
export async function findElsewhere(
  api: HubApi,
  { repoId, repoType }: Pick<HubTarget, 'repoId' | 'repoType'>,
  errand: Errand,
): Promise<(typeof types)[number] | undefined> {
  for (const type of types.filter((one) => one !== repoType)) {
    const exists = await repoExists({ ...api.library(errand), repo: { type, name: repoId } }).catch(isThere)
    if (exists) return type
  }
  return undefined
}

function isThere(error: unknown): boolean {
  if (error instanceof RequestFailure && [401, 403, 404].includes(error.status ?? 0)) return false
  throw error
}
