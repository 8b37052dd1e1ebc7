import type { Git } from './git.ts'
import type { Head } from './plan-move.ts'

/** What is checked out now. */
export async function readHead(git: Git): Promise<Head> {
  const branch = await git.ask('symbolic-ref', '--quiet', '--short', 'HEAD')
  const commit = await git.ask('rev-parse', '--verify', '--quiet', 'HEAD')
  return { ...(branch ? { branch } : {}), ...(commit ? { commit } : {}) }
}
