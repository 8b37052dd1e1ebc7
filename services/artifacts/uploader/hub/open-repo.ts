import { createBranch, createRepo } from '@huggingface/hub'
import type { Errand } from './errand.ts'
import { findElsewhere } from './find-elsewhere.ts'
import type { HubApi } from './hub-api.ts'
import type { HubOptions } from './hub-options.ts'
import type { OpenedRepo } from './hub-repo.ts'
import { hubProblem } from './problem-texts.ts'
import { readHead } from './read-head.ts'
import { RequestFailure } from './request-failure.ts'
import { whoHasToken } from './who-has-token.ts'

type Found = Awaited<ReturnType<typeof readHead>>

/** `open` of HubRepo; failed requests come out as they are. */
export async function openRepo(api: HubApi, options: HubOptions, errand: Errand): Promise<OpenedRepo> {
  const { repoId, branch } = options.target
  const user = await whoHasToken(api, errand)
  const found = await unlessMissing(readHead(api, branch, errand))
  const repo = found === 'no repo' ? await make(api, options, errand) : found
  const { head, private: hidden } = repo === 'no branch' ? await branchOff(api, branch, errand) : repo
  const isPublic = `${repoId} is public: everyone can read what is uploaded`
  if (!hidden && options.refusePublic) throw hubProblem('public', isPublic)
  const warnings = hidden ? [] : [`${isPublic}. Make it private at ${api.page}/settings.`]
  return { user, private: hidden, head, url: api.page, warnings }
}

async function unlessMissing(reading: Promise<Found>): Promise<Found | 'no repo' | 'no branch'> {
  try {
    return await reading
  } catch (error) {
    if (!(error instanceof RequestFailure) || error.status !== 404) throw error
    return error.code === 'RevisionNotFound' ? 'no branch' : 'no repo'
  }
}

async function make(api: HubApi, { target }: HubOptions, errand: Errand): Promise<Found | 'no branch'> {
  const { repoId, repoType, branch } = target
  const other = await findElsewhere(api, target, errand)
  if (other) {
    throw hubProblem('type', `${repoId} is a ${other} on the Hub, and HF_REPO_TYPE is ${repoType}`)
  }
  try {
    await createRepo({ ...api.library(errand), visibility: 'private' })
  } catch (error) {
    if (!(error instanceof RequestFailure)) throw error
    if (error.status === 403) {
      throw hubProblem('rights', `${repoId} could not be made: the Hub answered 403: "${error.says}"`)
    }
    // Somebody, or an earlier try of ours, was faster.
    if (error.status !== 409) throw error
  }
  const made = await unlessMissing(readHead(api, branch, errand))
  if (made !== 'no repo') return made
  throw hubProblem('rights', `${repoId} exists, and HF_TOKEN may not see it`)
}

async function branchOff(api: HubApi, branch: string, errand: Errand): Promise<Found> {
  await createBranch({ ...api.library(errand), branch }).catch((error: unknown) => {
    if (!(error instanceof RequestFailure && error.status === 409)) throw error
  })
  return readHead(api, branch, errand)
}
