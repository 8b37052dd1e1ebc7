import { endpointProblem } from './endpoint.ts'
import type { HubOptions } from './hub-options.ts'
import type { HubProblem } from './hub-problem.ts'
import { hubProblem } from './problem-texts.ts'
import { tokenProblem } from './token-problem.ts'

/** What can be seen to be wrong without asking the Hub. Pure. */
export function optionProblem({ target, token }: HubOptions): HubProblem | undefined {
  const ofToken = tokenProblem(token)
  if (ofToken) return hubProblem('token', ofToken)
  const ofEndpoint = endpointProblem(target.endpoint)
  if (ofEndpoint) return hubProblem('endpoint', ofEndpoint)
  const isName = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9_][\w.-]{0,95}$/.test(target.repoId)
  if (isName && !/--|\.\.|\.git$/.test(target.repoId)) return undefined
  return hubProblem('name', `HF_REPO_ID ${JSON.stringify(target.repoId)} cannot be the name of a repository`)
}
