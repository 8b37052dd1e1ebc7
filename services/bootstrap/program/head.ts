import type { Git } from './git.ts'
import type { Head } from './plan-move.ts'

/** What is checked out now. */
export async function readHead(git: Git): Promise<Head> {
  // Not --short: beside a tag of the same name git calls the branch `heads/NAME`.
  const branch = (await git.ask('symbolic-ref', '--quiet', 'HEAD'))?.replace(/^refs\/heads\//, '')
  const commit = await git.ask('rev-parse', '--verify', '--quiet', 'HEAD')
  return { ...(branch ? { branch } : {}), ...(commit ? { commit } : {}) }
}
