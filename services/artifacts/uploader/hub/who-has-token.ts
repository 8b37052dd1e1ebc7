import { whoAmI } from '@huggingface/hub'
import type { Errand } from './errand.ts'
import type { HubApi } from './hub-api.ts'
import { hubProblem } from './problem-texts.ts'
import { RequestFailure } from './request-failure.ts'

/** The name of the user whose token it is. Rejects with `auth` when the Hub does not know it, or lets it only read. */
export async function whoHasToken(api: HubApi, errand: Errand): Promise<string> {
  const { name, auth } = await whoAmI(api.library(errand)).catch((error: unknown) => {
    if (!(error instanceof RequestFailure && error.status === 401)) throw error
    throw hubProblem('token', 'The Hub does not know HF_TOKEN: it was mistyped, revoked, or has expired')
  })
  // A fine-grained token says what it may do in ways that change: the commit tells.
  if (auth.accessToken?.role === 'read') throw hubProblem('role', `HF_TOKEN of ${name} may only read`)
  return name
}
